//! What a reader sees of HTML, and what stands beside it.

use super::*;

fn visible(html: &str) -> String {
    passages(html).visible.trim().to_owned()
}

#[test]
fn a_word_split_over_spans_is_one_word() {
    assert_eq!(visible("<p>Pass<b>wo</b>rd: Blue<span>Heron</span>&#55;7</p>"), "Password: BlueHeron77");
    assert_eq!(visible("a\u{200b}b&shy;c&nbsp;d"), "abc d");
}

#[test]
fn rows_are_lines_and_cells_are_tabbed() {
    let html = "<table><tr><th>User</th><th>Password</th></tr><tr><td>anna</td><td><p>Blue-Heron7</p></td></tr></table>";
    assert_eq!(visible(html), "User\tPassword\nanna\tBlue-Heron7");
    assert_eq!(visible("<table><tr><td>a</td><td></td><td>c</td></tr></table>"), "a\t\tc");
}

#[test]
fn layout_tables_do_not_make_giant_lines() {
    let html = "<table><tr><td>left</td><td><table><tr><td>k</td><td>v</td></tr></table></td></tr></table>";
    assert_eq!(visible(html).replace("\n\n", "\n"), "left\nk\tv");
}

#[test]
fn what_a_reader_does_not_see_stands_apart() {
    let p = passages(
        "<div style='display: none'>PIN 4711</div><!-- key: abc --><a href='https://x.example/?t=1'>go</a><script>var a='b'</script>",
    );
    assert_eq!(p.visible.trim(), "go");
    assert!(p.hidden.contains("PIN 4711"));
    assert!(p.comments.contains("key: abc"));
    assert!(p.attributes.contains("https://x.example/?t=1"));
    assert!(p.scripts.contains("var a"));
}

#[test]
fn a_tag_that_never_ends_hides_nothing() {
    for cut in ["<p>a</p><b class='x' Password: Blue7", "<p>a</p><a href=\"x>b</a> <p>Password: Blue7</p>", "<p>a</p></b Password: Blue7"] {
        let p = passages(cut);
        assert!(p.hidden.contains("Password: Blue7"), "{cut}: {p:?}");
        assert!(!p.hidden.contains("<p>a</p>") && p.visible.contains('a'), "{cut}: {p:?}");
    }
    assert_eq!(passages("<p>1 < 2</p>").hidden, "");
    assert_eq!(passages("1 < 2").hidden, "");
}

#[test]
fn pre_keeps_its_lines() {
    assert_eq!(visible("<pre>host a\n  user b\n</pre>x"), "host a\n  user b\nx");
}

#[test]
fn a_quote_is_marked_and_an_empty_paragraph_is_an_empty_line() {
    let html = "<div>Fine.</div><div><br></div><div>Ada wrote:</div><blockquote type=cite><div>the door?</div><blockquote>and<br>the gate</blockquote></blockquote><p>Bo</p>";
    assert_eq!(visible(html), "Fine.\n\nAda wrote:\n> the door?\n> > and\n> > the gate\nBo");
    assert_eq!(visible("<p>a</p><p><span>&nbsp;</span></p><p>b</p><p> </p><p>c</p>"), "a\n\nb\nc");
    assert_eq!(visible("a</blockquote></blockquote>b"), "a\nb");
}
