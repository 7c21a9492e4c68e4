second-step-title = ご本人の確認
second-step-as = { $username } としてログインしています
second-step-submit = 続ける
second-step-start-over = 最初からやり直す

second-step-code = コード
second-step-code-hint = 認証アプリを開き、表示されている6桁の数字を入力してください。
second-step-recovery-code = リカバリーコード
second-step-recovery-code-hint = アカウントの設定時に保管したコードを1つ入力してください。コードは1回ずつ使えます。
second-step-passkey = パスキーを使用
second-step-passkey-hint = 指紋、顔、端末の PIN、またはセキュリティキーを使用してください。
second-step-passkey-cancelled = 確認できませんでした。もう一度試すか、別の方法を使用してください。
second-step-passkey-script = パスキーにはスクリプトを実行できるブラウザーが必要です。ここでは別の方法を使用してください。
second-step-remember = このブラウザーでは{ $duration }間、再度確認しない
second-step-remember-hint = ほかの人が使わない端末でのみ選んでください。

second-step-other-ways = 別の方法を使用
second-step-way-totp = 認証アプリのコード
second-step-way-passkey = パスキーまたはセキュリティキー
second-step-way-password = パスワード
second-step-way-recovery-code = リカバリーコード

second-step-incomplete = 求められている内容を入力してください。
second-step-wrong-code = コードが正しくないか、すでに使用されています。次のコードを待って、もう一度お試しください。
second-step-wrong-recovery-code = リカバリーコードが正しくないか、すでに使用されています。確認するか、別のコードをお試しください。
second-step-wrong-password = パスワードが正しくありません。確認して、もう一度お試しください。

second-step-recovered-title = ログインしました
second-step-codes-left = { $count ->
    [0] これが最後のリカバリーコードでした。
   *[other] リカバリーコードは残り{ $count }個です。
}
second-step-recovered-hint = 電話やキーをなくした場合は、コードがなくなる前に、アカウントで新しいものを設定してください。

second-step-lacking-title = もう1つ手順が必要です
second-step-lacking = { $client } は本人確認のための第2の方法を求めていますが、アカウントにはまだありません。追加すると先に進めます。
second-step-lacking-passkey = { $client } はパスキーを求めていますが、アカウントにはまだありません。追加すると先に進めます。
second-step-add-passkey = パスキーを追加
second-step-add-authenticator = 認証アプリを設定
second-step-back = { $client } に戻る
