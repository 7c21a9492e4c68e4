form-post-title = 続ける
form-post-heading = 少しお待ちください
form-post-lead = { $host } に戻ります。何も起こらない場合は、ボタンを押してください。
form-post-continue = 続ける
