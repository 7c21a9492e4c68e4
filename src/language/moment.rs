//! Days, moments and durations in words.

use time::OffsetDateTime;

use super::Language;

impl Language {
    /// A day, for example `22 November 2026`; empty beyond the calendar. `unix` is in seconds.
    pub fn day(self, unix: i64) -> String {
        let Ok(moment) = OffsetDateTime::from_unix_timestamp(unix) else {
            return String::new();
        };
        let parts = [
            ("day", i32::from(moment.day())),
            ("month", i32::from(u8::from(moment.month()))),
            ("year", moment.year()),
        ];
        self.text_with("moment-day", parts)
    }

    /// A day and the time of day, in UTC: without a script, a page does not know where its reader is. Empty beyond the calendar.
    pub fn moment(self, unix: i64) -> String {
        let Ok(moment) = OffsetDateTime::from_unix_timestamp(unix) else {
            return String::new();
        };
        let time = format!("{:02}:{:02}", moment.hour(), moment.minute());
        self.text_with("moment-at", [("day", self.day(unix)), ("time", time)])
    }

    /// A duration, rounded up to what people count in: `45 seconds`, `15 minutes`, `3 hours`, `30 days`.
    pub fn duration(self, seconds: u64) -> String {
        let (id, unit) = match seconds {
            0..=90 => ("moment-in-seconds", 1),
            91..=5_400 => ("moment-in-minutes", 60),
            5_401..=172_799 => ("moment-in-hours", 3_600),
            _ => ("moment-in-days", 86_400),
        };
        self.text_with(id, [("count", seconds.div_ceil(unit))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_words() {
        assert_eq!(Language::En.day(0), "1 January 1970");
        assert_eq!(Language::En.day(1_795_305_600), "22 November 2026");
        assert_eq!(Language::En.day(i64::MAX), "");
    }

    #[test]
    fn a_moment_is_a_day_and_a_time() {
        assert_eq!(Language::En.moment(1_700_000_000), "14 November 2023, 22:13 UTC");
        assert_eq!(Language::En.moment(i64::MIN), "");
    }

    #[test]
    fn a_duration_is_told_in_what_people_count_in() {
        for (seconds, words) in [
            (1, "1 second"),
            (90, "90 seconds"),
            (91, "2 minutes"),
            (900, "15 minutes"),
            (5_400, "90 minutes"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
            (2_592_000, "30 days"),
        ] {
            assert_eq!(Language::En.duration(seconds), words);
        }
    }
}
