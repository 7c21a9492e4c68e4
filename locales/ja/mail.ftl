mail-greeting = こんにちは。
mail-greeting-name = { $name } 様
mail-ending = このメールは { $provider } から自動で送信されています。返信いただいてもお読みできません。
mail-link-lifetime = リンクは{ $lifetime }以内に1回だけ使えます。

mail-verify-subject = メールアドレスを確認してください
mail-verify-lead = { $provider } からご連絡できるように、このアドレスがあなたのものであることを確認してください。
mail-verify-button = このアドレスを確認
mail-verify-after = 心当たりがない場合は、何もする必要はありません。リンクを開かない限り、何も起こりません。
mail-verify-change-lead = { $provider } のアカウント「{ $account }」のメールアドレスが、このアドレスに変更されようとしています。ご自身のアカウントであれば、ログインしてアドレスを確認してください。
mail-verify-change-after = ご自身のアカウントでない場合は、何もする必要はありません。リンクを開かない限り、何も起こりません。

mail-reset-subject = 新しいパスワードを設定してください
mail-reset-lead = { $provider } のアカウントのパスワードを忘れたという申請がありました。このリンクから新しいパスワードを設定できます。
mail-reset-button = 新しいパスワードを設定
mail-reset-after = 心当たりがない場合は、何もする必要はありません。パスワードは変わりません。

mail-sign-up-subject = アカウントの作成を完了してください
mail-sign-up-lead = { $provider } のアカウント作成まであと一歩です。このアドレスがあなたのものであることを確認してください。
mail-sign-up-button = アカウントを作成
mail-sign-up-after = 心当たりがない場合は、何もする必要はありません。リンクを開かない限り、アカウントは作成されません。

mail-invitation-subject = { $provider } への招待
mail-invitation-lead = { $provider } のアカウントに招待されています。
mail-invitation-lead-organization = { $provider } のアカウントで { $organization } に参加するよう招待されています。
mail-invitation-button = 招待を受ける
mail-invitation-after = 招待はこのアドレスにのみ有効です。アカウントが不要な場合は、何もする必要はありません。

mail-account-exists-subject = すでにアカウントをお持ちです
mail-account-exists-lead = このアドレスで { $provider } のアカウントを作成しようとした方がいます。すでにアカウントがあるため、何も作成されていません。
mail-account-exists-button = ログインページへ
mail-account-exists-after = パスワードがわからない場合は、ログインページで「パスワードをお忘れですか？」を選んでください。

mail-address-taken-subject = あなたのアドレスが別のアカウントに入力されました
mail-address-taken-lead = このアドレスを { $provider } の別のアカウントで使おうとした方がいます。あなたのアカウントのアドレスなので、何も変更されていません。
mail-address-taken-after = ご自身の操作でしたら、このアドレスのアカウントにログインしてください。そうでなければ、何もする必要はありません。

mail-fact-when = 日時
mail-fact-browser = ブラウザー
mail-fact-no-browser = 不明
mail-fact-address = ネットワークアドレス
mail-not-you = ご自身の操作でしたら問題ありません。心当たりがない場合は、ログインして新しいパスワードを設定し、ログイン中の場所を確認してください。

mail-new-sign-in-subject = 新しいブラウザーからのログイン
mail-new-sign-in-lead = これまで使われていなかったブラウザーから、{ $provider } のアカウントにログインがありました。

mail-password-changed-subject = パスワードが変更されました
mail-password-changed-lead = { $provider } のアカウントのパスワードが新しくなりました。ほかの場所ではすべてログアウトされました。
mail-password-removed-subject = パスワードが削除されました
mail-password-removed-lead = { $provider } のアカウントにはパスワードがなくなりました。
mail-passkey-added-subject = パスキーが追加されました
mail-passkey-added-lead = { $provider } のアカウントに新しいパスキーが追加されました。
mail-passkey-removed-subject = パスキーが削除されました
mail-passkey-removed-lead = { $provider } のアカウントのパスキーが1つ削除されました。今後ログインには使えません。
mail-totp-added-subject = 認証アプリが追加されました
mail-totp-added-lead = { $provider } のアカウントへのログインには、今後は認証アプリのコードが必要です。
mail-totp-removed-subject = 認証アプリが削除されました
mail-totp-removed-lead = { $provider } のアカウントへのログインに、認証アプリのコードは不要になりました。
mail-recovery-made-subject = 新しいリカバリーコードが作成されました
mail-recovery-made-lead = { $provider } のアカウントに新しいリカバリーコードが作成されました。以前のものは使えません。
mail-recovery-removed-subject = リカバリーコードが削除されました
mail-recovery-removed-lead = { $provider } のアカウントのリカバリーコードは使えなくなりました。
mail-recovery-used-subject = リカバリーコードが使用されました
mail-recovery-used-lead = { $provider } のアカウントのリカバリーコードが1つ使用されました。コードは1回だけ使えます。
mail-email-asked-subject = 別のメールアドレスが入力されました
mail-email-asked-lead = { $provider } のアカウントのメールアドレスの変更が申請されました。新しいアドレスが確認されるまで、このアドレスのままです。
mail-email-changed-subject = メールアドレスが変更されました
mail-email-changed-lead = { $provider } のアカウントのメールアドレスが変更されました。今後、このアドレスにメールは届きません。

mail-trial-subject = { $provider } からのメール
mail-trial-lead = これは { $provider } がメールを送信できることを確認するためのメールです。
