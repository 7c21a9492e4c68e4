moment-day = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
moment-at = { $day } à { $time } UTC
moment-in-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
moment-in-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
moment-in-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
moment-in-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
moment-list-separator = { ", " }
