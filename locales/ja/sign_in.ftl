sign-in-title = ログイン
sign-in-to-continue = { $client } に進みます
sign-in-at-host = （{ $host }）
sign-in-username = ユーザー名またはメールアドレス
sign-in-password = パスワード
sign-in-submit = ログイン
sign-in-forgotten = パスワードをお忘れですか？
sign-in-sign-up = アカウントを作成

sign-in-old-page = ページが古くなっているか、ブラウザーが Cookie を保存していません。もう一度お試しください。
sign-in-incomplete = ユーザー名またはメールアドレスと、パスワードを入力してください。
sign-in-wrong = ユーザー名とパスワードが一致しません。両方を確認して、もう一度お試しください。
sign-in-too-many = 試行回数が多すぎます。{ $wait }後にもう一度お試しください。
sign-in-busy = ログインが混み合っています。少し待ってから、もう一度お試しください。
sign-in-second-step-gone = ログインに時間がかかりすぎたか、別のブラウザーで始められています。もう一度ログインしてください。
