//! A README as HTML.

use std::collections::HashMap;
use std::path::Path;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Returns the topic's question: the first line of a README that is bold as a whole.
pub(crate) fn question(readme: &str) -> String {
    let bold = |line: &str| Some(line.strip_prefix("**")?.strip_suffix("**")?.to_owned());
    readme.lines().find_map(bold).unwrap_or_default()
}

/// Returns a README as HTML, in which all is text that is not Markdown.
///
/// `folder` is where its pictures are: they become a part of the page. A link to another topic
/// leads to that topic's page; a link to a file of the repository, which the site does not have, is
/// no link.
pub(crate) fn rendered(readme: &str, folder: &Path, topics: &[&str]) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Vec::new();
    // Whether each link that is open is one in the site.
    let mut links = Vec::new();
    for event in Parser::new_ext(readme, options) {
        events.push(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = target(&dest_url, topics);
                links.push(target.is_some());
                let Some(target) = target else { continue };
                Event::Start(Tag::Link { link_type, dest_url: target.into(), title, id })
            }
            Event::End(TagEnd::Link) if links.pop() == Some(false) => continue,
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let dest_url = picture(&folder.join(&*dest_url)).into();
                Event::Start(Tag::Image { link_type, dest_url, title, id })
            }
            other => other,
        });
    }
    name_headings(&mut events);
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    // A table or a block of code may be wider than the screen; an empty cell heads no column.
    for (plain, named) in [
        ("<table>", r#"<div class="wide" tabindex="0" role="group" aria-label="table"><table>"#),
        ("</table>", "</table></div>"),
        ("<th></th>", "<td></td>"),
        ("<th>", r#"<th scope="col">"#),
        ("<th ", r#"<th scope="col" "#),
        ("<pre>", r#"<pre tabindex="0" role="group" aria-label="code">"#),
    ] {
        page = page.replace(plain, named);
    }
    page
}

/// Returns where a link leads in the site; `None` if the site does not have it.
fn target(link: &str, topics: &[&str]) -> Option<String> {
    if link.starts_with("https://") || link.starts_with('#') {
        return Some(link.to_owned());
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.trim_end_matches("README.md").trim_end_matches('/');
    let topic = path.strip_prefix("../").filter(|path| topics.contains(path))?;
    let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    Some(format!("../{topic}/index.html{anchor}"))
}

/// Returns a picture as an address that holds all of it.
fn picture(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut address = String::from("data:image/svg+xml;charset=utf-8,");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => address.push(byte.into()),
            b' ' | b'/' | b'=' | b':' | b';' | b'-' | b'.' | b',' | b'(' | b')' => {
                address.push(byte.into());
            }
            other => address += &format!("%{other:02X}"),
        }
    }
    address
}

/// Gives each heading the name that a link to it uses, as GitHub makes it.
fn name_headings(events: &mut [Event<'_>]) {
    let mut taken: HashMap<String, usize> = HashMap::new();
    for index in 0..events.len() {
        let (before, after) = events.split_at_mut(index + 1);
        let Event::Start(Tag::Heading { id, .. }) = &mut before[index] else { continue };
        let text: String = after
            .iter()
            .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(&**text),
                _ => None,
            })
            .collect();
        let kept = |&letter: &char| letter.is_alphanumeric() || " -_".contains(letter);
        let name: String =
            text.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-");
        let count = taken.entry(name.clone()).or_default();
        *id = Some(CowStr::from(if *count == 0 { name } else { format!("{name}-{count}") }));
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(readme: &str) -> String {
        rendered(readme, Path::new("/no/such/folder"), &["locks"])
    }

    #[test]
    fn markup_in_a_readme_stays_text() {
        let page = html("a <b>bold</b>\n\n<script>alert(1)</script>\n");
        assert!(!page.contains("<b>") && !page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
    }

    #[test]
    fn a_link_leads_to_a_page_or_is_none() {
        let page = html("[a](src/a.rs) [b](../locks) [c](https://docs.rs/loom) [d](#it-is)");
        assert!(page.contains("<p>a <a href=\"../locks/index.html\">b</a>"), "{page}");
        assert!(page.contains("<a href=\"https://docs.rs/loom\">c</a>"), "{page}");
        assert!(page.contains("<a href=\"#it-is\">d</a>"), "{page}");
    }

    #[test]
    fn the_heads_of_a_table_are_those_of_columns() {
        let page = html("| | a | b |\n| --- | --- | ---: |\n| c | 1 | 2 |\n");
        assert_eq!(page.matches("<th scope=\"col\"").count(), 2, "{page}");
        assert!(!page.contains("<th>") && !page.contains("<th style"), "{page}");
    }

    #[test]
    fn a_heading_has_the_name_that_github_gives_it() {
        let page = html("## It is, `so`\n\n## It is, so\n");
        assert!(
            page.contains("<h2 id=\"it-is-so\">") && page.contains("id=\"it-is-so-1\""),
            "{page}"
        );
    }

    #[test]
    fn the_question_is_the_first_line_that_is_bold() {
        assert_eq!(question("# locks\n\nA **lock**.\n\n**Which?**\n"), "Which?");
    }
}
