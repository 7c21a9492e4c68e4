moment-day = { $year }年{ $month }月{ $day }日
moment-at = { $day } { $time } UTC
moment-in-seconds = { $count }秒
moment-in-minutes = { $count }分
moment-in-hours = { $count }時間
moment-in-days = { $count }日
moment-list-separator = 、
