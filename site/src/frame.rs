//! The frame of each page: its head, and the way on.

/// What a page of this site is known by.
pub(crate) const MARK: &str = "<meta name=\"generator\" content=\"concurrency site\">";

/// The style of the pages, in the colours of the player.
const STYLE: &str = include_str!("style.css");

/// Writes a text so that it is only text in HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page that another one leads to.
pub(crate) struct Link {
    /// The file, from the page that has the link.
    pub(crate) to: String,
    pub(crate) text: String,
}

/// Returns the links that stay in sight at the top of a page.
pub(crate) fn way(links: &[(&str, Option<Link>)]) -> String {
    let mut way = String::from("<nav class=\"way\" aria-label=\"pages\">");
    for (word, link) in links {
        let Some(Link { to, text }) = link else { continue };
        way += &format!("<a href=\"{}\">{word}{}</a>", escaped(to), escaped(text));
    }
    way + "</nav>"
}

/// Returns a page of the site.
pub(crate) fn page(title: &str, way: &str, body: &str) -> String {
    let title = escaped(title);
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                  base-uri 'none'; form-action 'none'";
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n{MARK}\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{way}\n\
         <main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// Puts the way on into the page of a lesson, which is whole without it.
pub(crate) fn with_way(page: &str, way: &str) -> String {
    let (_, style) = STYLE.split_once("/* the way on */\n").unwrap_or_default();
    page.replacen("</style>", &format!("{style}</style>"), 1).replacen(
        "<body>\n",
        &format!("<body>\n{way}\n"),
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_holds_markup_stays_text() {
        let link = Link { to: "\"><b>".to_owned(), text: "<b>".to_owned() };
        let made = page("<b>", &way(&[("next: ", Some(link))]), "");
        assert!(!made.contains("<b>"), "{made}");
    }

    #[test]
    fn the_page_of_a_lesson_gets_the_way_on_once() {
        let made = with_way("<style>\n</style>\n<body>\n<p>\n</body>\n", "WAY");
        assert_eq!(made.matches("WAY").count(), 1, "{made}");
        assert_eq!(made.matches(".way {").count(), 1, "{made}");
    }
}
