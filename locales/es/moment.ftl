moment-day = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
} de { $year }
moment-at = { $day }, { $time } UTC
moment-in-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
moment-in-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
moment-in-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
moment-in-days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
moment-list-separator = { ", " }
