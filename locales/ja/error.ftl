error-not-found-title = 見つかりません
error-not-found = このアドレスには何もありません。
error-refused-title = うまくいきませんでした
error-request-title = アプリケーションの要求が正しくありません
error-request = この方法ではログインできません。アプリケーションに戻ってください。繰り返し起こる場合は、その運営者にお知らせください。
error-interaction-gone-title = このページは無効になりました
error-interaction-gone = ログインが別のブラウザーで始められたか、時間が経ちすぎたか、このブラウザーが Cookie を保存していません。アプリケーションに戻って、もう一度ログインしてください。
error-link-gone-title = このリンクは無効になりました
error-link-gone = リンクは1時間以内に1回だけ使えます。サーバーの管理者は次のコマンドで新しいリンクを作成できます: avouch setup-link
error-busy-title = 少しお待ちください
error-busy = サーバーが混み合っています。少し待ってから、もう一度お試しください。
error-internal-title = 問題が発生しました
error-internal = 原因はこちら側にあります。しばらくしてから、もう一度お試しください。
error-developers = 開発者向け
error-go-home = ホームへ
error-ask = お問い合わせの際は、この番号をお伝えください: { $id }

error-old-page = ページが古くなっているか、ブラウザーが Cookie を保存していません。再読み込みして、もう一度お試しください。
error-too-large = データが大きすぎて受け取れません。小さくしてお試しください。
error-unreadable = ブラウザーから送られた内容を読み取れませんでした。前のページに戻って、もう一度お試しください。
error-wrong-credentials = ユーザー名とパスワードが一致しません。両方を確認して、もう一度お試しください。
error-unknown-passkey = そのパスキーはここのどのアカウントのものでもありません。別の方法でログインしてください。
error-disabled = このアカウントは無効になっています。サービスの運営者にお問い合わせください。
error-sign-in-again = もう一度ログインしてから、やり直してください。

error-script-wrong-passkey = そのパスキーは使用できませんでした。もう一度試すか、別の方法でログインしてください。
error-script-too-long = 時間がかかりすぎました。もう一度お試しください。
error-script-too-many = 試行回数が多すぎます。しばらく待ってから、もう一度お試しください。
