refusal-password-missing = パスワードを決めてください。
refusal-password-too-short = パスワードは8文字以上です。もう少し長くしてください。
refusal-password-too-long = パスワードは256文字以下です。もう少し短くしてください。
refusal-password-nul = パスワードに NUL 文字は使えません。別の文字にしてください。
refusal-password-common = このパスワードは、最初に試される「よく使われるパスワード」の一覧にあります。別のものにしてください。
refusal-password-run = このパスワードは、同じ文字や連続した文字の並びです。別のものにしてください。
refusal-password-name = このパスワードは、誰でも推測できる名前とほとんど変わりません。別のものにしてください。
refusal-password-breached = このパスワードは、盗まれたパスワードの一覧にあります。別のものを選び、ほかで使っている場合はそちらも変更してください。

refusal-username = ユーザー名は、英数字などの文字、数字、および . _ - + @ の1～128文字で、空白は使えません。
refusal-email = メールアドレスではありません。name@example.com のような形式です。
refusal-login-taken = { $name } は別の方がログインに使用しています。ほかのものを選んでください。

refusal-passkey-name = 名前は1～{ $longest }文字です。
refusal-passkey-many = パスキーが{ $most }個あります。追加する前に1つ削除してください。
refusal-passkey-known = そのパスキーはすでに登録されています。
refusal-passkey-model = この種類の認証器はここでは使用できません。別のものをお使いください。
refusal-passkey = そのパスキーを追加できませんでした。もう一度お試しください。
refusal-passkey-last = このパスキーが唯一のログイン方法です。先に別の方法を追加してください。

refusal-factor-passkeys = パスキーは1つずつ削除します。
refusal-factor-last = これがこのアカウントの最後のログイン方法です。先に別の方法を追加してください。
refusal-code = コードが正しくないか、すでに使用されています。次のコードを待って、もう一度お試しください。
refusal-totp-name = このユーザー名は QR コードには長すぎます。
refusal-totp-expired = この設定は期限切れか、すでに完了しています。最初からやり直してください。
refusal-totp-code = アプリが今表示しているコードと異なります。端末の時計を確認し、次のコードでお試しください。
refusal-passkey-first = 先にパスキーを追加してください。
