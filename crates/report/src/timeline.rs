//! The picture of mail over time: all messages, and those that hold a secret.

/// Bars at most; days become weeks, months or years until they fit.
const BARS: usize = 120;
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 140.0;
const DAY: i64 = 86_400;

/// An SVG with a bar per period. `days` is as in [`crate::CaseView::days`]; empty text where no message has a date.
pub(crate) fn svg(days: &[(i64, u64, u64)]) -> String {
    let (Some(first), Some(last)) = (days.iter().map(|d| d.0).min(), days.iter().map(|d| d.0).max()) else { return String::new() };
    let (name, step) = step(last - first);
    let bars = usize::try_from((last - first) / step + 1).unwrap_or(BARS);
    let mut sums = vec![(0, 0); bars];
    for (day, all, secret) in days {
        let at = usize::try_from((day - first) / step).unwrap_or(0).min(bars - 1);
        sums[at].0 += all;
        sums[at].1 += secret;
    }
    let most = sums.iter().map(|s| s.0).max().unwrap_or(1).max(1) as f64;
    let date = |t: i64| aftermail_model::Timestamp(t).date();
    let (from, to) = (date(first), date(last));
    let with: u64 = sums.iter().map(|s| s.1).sum();
    let mut out = format!(
        "<svg role=\"img\" viewBox=\"0 0 {WIDTH} {}\" aria-labelledby=\"tl-t tl-d\"><title id=\"tl-t\">Messages sent from {from} to {to}</title>\
         <desc id=\"tl-d\">{bars} bars, one per {name}. {with} messages hold a secret; they are the darker part of each bar.</desc>",
        HEIGHT + 24.0
    );
    let width = WIDTH / bars as f64;
    for (at, (all, secret)) in sums.iter().enumerate() {
        let x = at as f64 * width;
        // The square root keeps single messages visible beside a flood.
        let tall = |n: u64| (n as f64 / most).sqrt() * HEIGHT;
        let (a, s) = (tall(*all), tall(*secret));
        let when = date(first + at as i64 * step);
        out += &format!(
            "<g><title>{when}: {all} messages, {secret} with a secret</title>\
             <rect class=\"all\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{a:.1}\"/>\
             <rect class=\"hot\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{s:.1}\"/></g>",
            HEIGHT - a,
            (width - 1.0).max(0.5),
            HEIGHT - s,
            (width - 1.0).max(0.5),
        );
    }
    out +=
        &format!("<text x=\"0\" y=\"{0}\">{from}</text><text x=\"{WIDTH}\" y=\"{0}\" text-anchor=\"end\">{to}</text></svg>", HEIGHT + 18.0);
    out
}

fn step(span: i64) -> (&'static str, i64) {
    let fits = |step: i64| span / step < BARS as i64;
    if fits(DAY) {
        ("day", DAY)
    } else if fits(7 * DAY) {
        ("week", 7 * DAY)
    } else if fits(30 * DAY) {
        ("30 days", 30 * DAY)
    } else {
        ("period", (span / BARS as i64 + DAY) / DAY * DAY)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_span_fits_the_picture() {
        assert_eq!(super::svg(&[]), "");
        for days in [vec![(0, 3, 1)], vec![(0, 3, 1), (86_400 * 40_000, 2, 0)], vec![(-86_400, 1, 1), (0, 1, 0)]] {
            let svg = super::svg(&days);
            assert!(svg.matches("<g>").count() <= super::BARS + 1 && svg.contains("class=\"hot\""), "{svg}");
        }
    }
}
