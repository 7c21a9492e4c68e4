# Days, durations and lists.

# $day, $month and $year are numbers: 22 November 2026
moment-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
# $day is the day in words, $time is 13:05
moment-at = { $day }, { $time } UTC
# A duration, as in "Try again in 15 minutes."
moment-in-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
moment-in-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
moment-in-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
moment-in-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
# Between the things of a list.
moment-list-separator = { ", " }
