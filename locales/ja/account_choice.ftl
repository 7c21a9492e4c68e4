account-choice-title = アカウントの選択
account-choice-lead = { $client } に進みます
account-choice-continue = このアカウントで続ける
account-choice-other = 別のアカウントを使用
