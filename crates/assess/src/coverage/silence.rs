//! Whether a day without a record is a quiet day or a hole in the log.
//!
//! Two signs make a hole: days of its kind (working days, weekends) are never quiet in this log; or a silence so long is so unlikely,
//! by how often the log is silent elsewhere, that chance does not explain it. Neither can tell a quiet day in a log that is often
//! silent from a small hole: there the words say that the log is so quiet.

use std::collections::BTreeMap;

/// Records by day, counted from 1970.
pub(super) type Daily = BTreeMap<i64, u64>;

/// The hours of each day in which there were records: bit 0 is the first, in UTC.
pub(super) type Hourly = BTreeMap<i64, u32>;

/// What a run of silent days is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Silence {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) is_hole: bool,
    pub(super) because: String,
}

/// Where even quiet days have this many records, none at all is a hole.
const BUSY: u64 = 10;
/// Less likely than this is no chance.
const UNLIKELY: f64 = 0.01;
/// So many days of a log tell nothing of its habits.
const TOO_FEW: i64 = 7;

/// How one kind of days usually is.
#[derive(Debug, Default)]
struct Kind {
    days: f64,
    silent: f64,
    /// Records on days with some, the fewest first.
    counts: Vec<u64>,
}

impl Kind {
    /// What nine of ten days with records reach; none of too few.
    fn quiet(&self) -> Option<u64> {
        (self.counts.len() >= 3).then(|| self.counts[self.counts.len() / 10])
    }

    /// How likely a day is silent, as the other days tell.
    fn chance(&self, without: f64) -> f64 {
        (self.silent - without + 0.5) / (self.days - without + 1.0)
    }
}

/// The habits of a log.
#[derive(Debug, Default)]
pub(super) struct Habits {
    kinds: [Kind; 2],
    span: i64,
}

impl Habits {
    /// From the first to the last day with records.
    pub(super) fn of(daily: &Daily) -> Habits {
        let mut habits = Habits::default();
        let (Some((first, _)), Some((last, _))) = (daily.first_key_value(), daily.last_key_value()) else { return habits };
        habits.span = last - first + 1;
        for (day, count) in daily {
            habits.kinds[kind(*day)].counts.push(*count);
        }
        let weekend = (*first..=*last).filter(|d| kind(*d) == 1).count() as f64;
        habits.kinds[1].days = weekend;
        habits.kinds[0].days = habits.span as f64 - weekend;
        for kind in &mut habits.kinds {
            kind.silent = kind.days - kind.counts.len() as f64;
            kind.counts.sort_unstable();
        }
        habits
    }

    /// Judges a run of silent days. `inside` says whether it was counted among the habits.
    pub(super) fn judge(&self, first: i64, last: i64, inside: bool) -> Silence {
        let silence = |is_hole, because| Silence { first, last, is_hole, because };
        let weekend = (first..=last).filter(|d| kind(*d) == 1).count();
        let run = [(last - first + 1) as usize - weekend, weekend];
        let kinds = [0, 1].map(|n| (&self.kinds[n], run[n])).into_iter().filter(|(_, n)| *n > 0);
        if let Some(quiet) = kinds.clone().filter_map(|(kind, _)| kind.quiet()).filter(|q| *q >= BUSY).max() {
            return silence(true, format!("no record, while even quiet days of this log have {quiet}: records are missing"));
        }
        if self.span < TOO_FEW {
            return silence(true, "no record, and the log is too short to tell whether that is usual".to_owned());
        }
        let chance =
            |(kind, n): (&Kind, usize)| kind.chance(if inside { n as f64 } else { 0.0 }).powi(i32::try_from(n).unwrap_or(i32::MAX));
        if kinds.map(chance).product::<f64>() < UNLIKELY {
            let days = last - first + 1;
            return silence(true, format!("no record for {days} days on end, which is not usual for this log: records are missing"));
        }
        let silent: f64 = self.kinds.iter().map(|k| k.silent).sum();
        silence(
            false,
            format!("no record, as on {silent} of {} days: this log is often silent, and nothing says that records are missing", self.span),
        )
    }

    /// All runs of silent days between the first and the last with records.
    pub(super) fn silences(&self, daily: &Daily) -> Vec<Silence> {
        let after = daily.keys().skip(1);
        daily.keys().zip(after).filter(|(a, b)| **b > **a + 1).map(|(a, b)| self.judge(a + 1, b - 1, true)).collect()
    }
}

/// Hours that are hardly ever silent on days of one kind, so that silence in them is a hole within the day.
#[derive(Debug)]
pub(super) struct Rhythm {
    lively: [u32; 2],
}

/// Of so many days, at least, an hour needs records on all but one, or all but one in so many.
const DAYS_OF_RHYTHM: usize = 10;
const SILENT_ONCE_IN: usize = 20;
/// So many of these hours must be silent.
const HOURS: u32 = 3;

impl Rhythm {
    pub(super) fn of(hourly: &Hourly) -> Rhythm {
        let lively = [0, 1].map(|of| {
            let days: Vec<u32> = hourly.iter().filter(|(day, _)| kind(**day) == of).map(|(_, hours)| *hours).collect();
            let is_lively =
                |hour: &u32| days.iter().filter(|hours| *hours >> hour & 1 == 0).count() <= (days.len() / SILENT_ONCE_IN).max(1);
            if days.len() < DAYS_OF_RHYTHM { 0 } else { (0..24).filter(is_lively).fold(0, |all, hour| all | 1 << hour) }
        });
        Rhythm { lively }
    }

    /// What is missing of a day, in words.
    pub(super) fn hole(&self, day: i64, hours: u32) -> Option<String> {
        let silent = self.lively[kind(day)] & !hours;
        let (first, last) = (silent.trailing_zeros(), 32 - silent.leading_zeros());
        (silent.count_ones() >= HOURS).then(|| {
            format!(
                "{} hours between {first:02}:00 and {last:02}:00 UTC have no record, which is not usual for this log: a part is missing",
                silent.count_ones()
            )
        })
    }
}

/// 1 for Saturdays and Sundays, else 0; the first day of 1970 was a Thursday.
fn kind(day: i64) -> usize {
    usize::from(matches!((day + 4).rem_euclid(7), 0 | 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silences(counts: impl IntoIterator<Item = (i64, u64)>) -> Vec<Silence> {
        let daily: Daily = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        Habits::of(&daily).silences(&daily)
    }

    #[test]
    fn a_silent_day_of_a_busy_log_is_a_hole() {
        let all = silences((0..60).map(|d| (d, if d == 33 { 0 } else { 500 + d as u64 })));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].first, all[0].last, all[0].is_hole), (33, 33, true));
    }

    #[test]
    fn silent_weekends_are_quiet_and_a_silent_week_is_a_hole() {
        let office = |d: i64| if kind(d) == 1 { 0 } else { 40 };
        let all = silences((0..90).map(|d| (d, office(d))));
        assert!(all.len() > 10 && all.iter().all(|s| !s.is_hole), "{all:?}");
        let holed = silences((0..90).map(|d| (d, if (35..42).contains(&d) { 0 } else { office(d) })));
        let hole: Vec<_> = holed.iter().filter(|s| s.is_hole).collect();
        assert_eq!(hole.len(), 1);
        assert!(hole[0].first <= 35 && hole[0].last >= 41, "{hole:?}");
    }

    #[test]
    fn a_thin_log_is_quiet_until_it_is_silent_for_long() {
        let thin = |d: i64| u64::from(d % 2 == 0);
        assert!(silences((0..60).map(|d| (d, thin(d)))).iter().all(|s| !s.is_hole));
        let holed = silences((0..80).map(|d| (d, if (30..50).contains(&d) { 0 } else { thin(d) })));
        assert_eq!(holed.iter().filter(|s| s.is_hole).count(), 1);
    }

    #[test]
    fn hours_that_are_never_silent_are_missed() {
        let office = 0b11_1111_1111 << 8;
        let mut hourly: Hourly = (0..60).map(|d| (d, office)).collect();
        hourly.insert(40, 0b11_1111 << 8);
        hourly.insert(41, office & !(0b11 << 12));
        let rhythm = Rhythm::of(&hourly);
        let holes: Vec<i64> = hourly.iter().filter(|(day, hours)| rhythm.hole(**day, **hours).is_some()).map(|(day, _)| *day).collect();
        assert_eq!(holes, [40]);
        assert!(rhythm.hole(40, hourly[&40]).is_some_and(|words| words.contains("between 14:00 and 18:00")));
        let rare: Hourly = (0..60).map(|d| (d, 1 << (d % 24))).collect();
        assert!(rare.iter().all(|(day, hours)| Rhythm::of(&rare).hole(*day, *hours).is_none()));
    }

    #[test]
    fn a_short_log_tells_no_habits() {
        assert!(silences([(0, 1), (2, 1)])[0].is_hole);
    }
}
