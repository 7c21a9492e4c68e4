moment-day = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
moment-at = { $day }, { $time } UTC
# Im Dativ: „in 15 Minuten“.
moment-in-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
moment-in-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
moment-in-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
moment-in-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tagen
}
moment-list-separator = { ", " }
