//! What is printed where the terminal has no Unicode.

/// Gives each sign that stage and the topics use a counterpart of the same width.
pub(super) fn ascii(sign: char) -> char {
    match sign {
        sign if sign.is_control() => ' ',
        sign if sign.is_ascii() => sign,
        '█' => '#',
        '▒' => '-',
        '▓' => '%',
        '▄' => '=',
        '▌' => '+',
        '░' => ':',
        '▖' => '_',
        '•' => 'o',
        '·' => '.',
        '✗' => 'X',
        '│' => '|',
        '→' => '>',
        '–' => '-',
        '×' => 'x',
        '±' => '~',
        'µ' => 'u',
        '…' => '.',
        '’' => '\'',
        '“' | '”' => '"',
        '─' => '-',
        '▶' => '>',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        _ => '?',
    }
}
