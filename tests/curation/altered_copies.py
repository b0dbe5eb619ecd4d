"""Changes of a report's text that `verify` must report: what is altered, and the beginning of the report.

Lines are counted from 1 in the text that was consulted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

Change = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class Altered:
    """A change of a text, and the `counts` of facts found elsewhere, with another value, and not at all."""

    name: str
    change: Change
    counts: tuple[int, int, int]
    first: str


def in_line(number: int, old: str, new: str) -> Change:
    """Replace words of a line."""

    def change(text: str) -> str:
        lines = text.split("\n")
        assert old in lines[number - 1], (number, old, lines[number - 1])
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return "\n".join(lines)

    return change


def moved(first: int, last: int, before: int) -> Change:
    """Move lines before another one."""

    def change(text: str) -> str:
        lines = text.split("\n")
        numbers = [number for number in range(1, len(lines) + 1) if not first <= number <= last]
        place = numbers.index(before)
        order = [*numbers[:place], *range(first, last + 1), *numbers[place:]]
        return "\n".join(lines[number - 1] for number in order)

    return change


def swapped(one: int, other: int) -> Change:
    """Swap two lines."""

    def change(text: str) -> str:
        lines = text.split("\n")
        lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
        return "\n".join(lines)

    return change


def without(first: int, last: int) -> Change:
    """Leave lines out."""
    return lambda text: "\n".join(text.split("\n")[: first - 1] + text.split("\n")[last:])


def together(*changes: Change) -> Change:
    """Make several changes, which keep the numbers of lines."""

    def change(text: str) -> str:
        for each in changes:
            text = each(text)
        return text

    return change


OF_EXAMPLE = (
    Altered(
        "the values of a row swapped",
        in_line(22, "60.0% 40.0%", "40.0% 60.0%"),
        (0, 2, 0),
        'line 22: found "60.0%" at “Grooming”, expected "40.0%" (finding/change-grooming-dont-know).',
    ),
    Altered(
        "the rows of a table swapped",
        swapped(22, 23),
        (2, 0, 0),
        "line 23: 2 facts found elsewhere: the row “Grooming” stands in another order.",
    ),
    Altered(
        "the labels of rows swapped",
        together(in_line(22, "Grooming", "Extortion"), in_line(23, "Extortion", "Grooming")),
        (0, 4, 0),
        'line 22: found "40.0%" at “Extortion”, expected "41.0%" (finding/change-extortion-dont-know).',
    ),
    Altered(
        "a row left out",
        without(23, 23),
        (0, 0, 2),
        'from line 20: "41.0%" not found: no row “Extortion” (finding/change-extortion-dont-know).',
    ),
    Altered(
        "a cell left out",
        in_line(23, "55.0% ", ""),
        (0, 0, 1),
        'line 23: "55.0%" not found: missing in the row “Extortion” (finding/change-extortion-increased).',
    ),
    Altered(
        "the labels of columns swapped",
        in_line(21, "Increased / Don't know", "Don't know / Increased"),
        (0, 4, 0),
        'line 23: found "55.0%" at “Extortion”, expected "41.0%" (finding/change-extortion-dont-know).',
    ),
    Altered(
        "the label of a column changed",
        in_line(21, "Increased", "Decreased"),
        (0, 0, 2),
        'line 23: "55.0%" not found: no column “Increased” (finding/change-extortion-increased).',
    ),
    Altered(
        "the label of a row changed",
        in_line(23, "Extortion", "Fraud"),
        (0, 0, 2),
        'from line 20: "41.0%" not found: no row “Extortion” (finding/change-extortion-dont-know).',
    ),
    Altered(
        "the values of yes and no swapped",
        together(in_line(13, "62.5%", "37.5%"), in_line(14, "37.5%", "62.5%")),
        (0, 2, 0),
        'line 14: found "62.5%" at “No”, expected "37.5%" (finding/seen-no).',
    ),
    Altered(
        "the labels yes and no swapped",
        together(in_line(13, "Yes", "No"), in_line(14, "No", "Yes")),
        (0, 2, 0),
        'line 13: found "62.5%" at “No”, expected "37.5%" (finding/seen-no).',
    ),
    Altered(
        "a value of a legend changed",
        in_line(14, "37.5", "73.5"),
        (0, 1, 0),
        'line 14: found "73.5%" at “No”, expected "37.5%" (finding/seen-no).',
    ),
    Altered(
        "a value at a bar changed",
        in_line(15, "65.2", "56.2"),
        (0, 1, 0),
        'line 15: found "56.2%" at “Yes”, expected "65.2%" (finding/seen-yes-second).',
    ),
    Altered(
        "the second print of a value changed",
        in_line(15, "37.5", "57.5"),
        (0, 1, 0),
        'line 15: found "57.5%" at “No”, expected "37.5%" (finding/seen-no).',
    ),
    Altered(
        "a value of one place changed",
        in_line(16, "69.9", "96.9"),
        (0, 1, 0),
        'line 16: found "96.9%" at “Yes”, expected "Yes 69.9%" (finding/xa-seen-yes).',
    ),
    Altered(
        "a decimal point lost",
        in_line(13, "62.5", "625"),
        (0, 1, 0),
        'line 13: found "625%" at “Yes”, expected "62.5%" (finding/seen-yes).',
    ),
    Altered(
        "a digit before a value",
        in_line(18, "80%", "180%"),
        (0, 1, 0),
        'line 18: found "180%" at “Chat rooms”, expected "80%" (finding/contact-chat).',
    ),
    Altered(
        "a value behind a decimal point",
        in_line(18, "80%", "0.80%"),
        (0, 1, 0),
        'line 18: found "0.80%" at “Chat rooms”, expected "80%" (finding/contact-chat).',
    ),
    Altered(
        "a label of a chart changed",
        in_line(18, "Chat rooms", "Playgrounds"),
        (0, 0, 1),
        'from line 17: "80%" not found: no label “Chat rooms” (finding/contact-chat).',
    ),
    Altered(
        "not made now",
        in_line(26, "not", "now"),
        (0, 1, 0),
        'line 26: found "most have now seen", expected "most have not seen" (claim/most-have-not-seen).',
    ),
    Altered(
        "not left out",
        in_line(26, "not seen", "seen"),
        (0, 0, 1),
        'from line 24: "most have not seen" not found (claim/most-have-not-seen).',
    ),
    Altered(
        "a word of amount changed",
        in_line(24, "About 60", "Above 60"),
        (0, 2, 0),
        'line 24: found "above 60 percent", expected "About 60 percent" (claim/seen-sixty).',
    ),
    Altered(
        "a share in words changed",
        in_line(24, "60 percent", "16 percent"),
        (0, 2, 0),
        'line 24: found "about 16 percent", expected "About 60 percent" (claim/seen-sixty).',
    ),
    Altered(
        "a fraction changed",
        in_line(25, "a quarter", "a third"),
        (0, 1, 0),
        'line 25: found "about a third", expected "about a quarter" (claim/yes-leads).',
    ),
    Altered(
        "a range changed",
        in_line(28, "5 to 10", "5 to 12"),
        (0, 1, 0),
        'line 28: found "5 to 12 months", expected "5 to 10 months" (figure/length-of-cases).',
    ),
    Altered(
        "a count changed",
        in_line(6, "3 countries", "5 countries"),
        (0, 1, 0),
        'line 6: found "5 countries", expected "3 countries" (figure/countries-stated).',
    ),
    Altered(
        "the number of respondents changed",
        in_line(6, "40 officers", "14 officers"),
        (0, 1, 0),
        'line 6: found "14 officers", expected "40 officers" (figure/respondents).',
    ),
    Altered(
        "a name replaced",
        in_line(32, "Example Coin", "Sample Coin"),
        (0, 0, 1),
        'from line 24: "Example Coin" not found (mention/example-coin).',
    ),
    Altered(
        "a country replaced",
        in_line(6, "Secondland", "Thirdland"),
        (0, 0, 1),
        'from line 1: "Secondland" not found (mention/secondland).',
    ),
    Altered(
        "a relation turned round",
        in_line(29, "can lead to extortion", "cannot lead to extortion"),
        (0, 1, 0),
        'line 29: found "cannot lead to extortion", expected "can lead to extortion" (relation/grooming-develops-into-extortion).',
    ),
    Altered(
        "the counts of a row swapped",
        in_line(42, "10 640", "640 10"),
        (0, 2, 0),
        'line 42: found "640" at “Firstland”, expected "10" (finding/y-working-firstland-2019).',
    ),
    Altered(
        "the labels of counts swapped",
        together(in_line(42, "Firstland", "Secondland"), in_line(43, "Secondland", "Firstland")),
        (0, 4, 0),
        'line 43: found "20" at “Firstland”, expected "10" (finding/y-working-firstland-2019).',
    ),
    Altered(
        "a count of a period changed",
        in_line(43, "400", "440"),
        (0, 1, 0),
        'line 43: found "440" at “Secondland”, expected "400" (finding/y-working-secondland-2020).',
    ),
    Altered(
        "a thousand lost",
        in_line(41, "1,040", "40"),
        (0, 0, 1),
        'from line 37: "1,040" not found (finding/y-working-2020).',
    ),
    Altered(
        "a word of an anchor changed",
        in_line(36, "I see the same", "I saw the same"),
        (0, 1, 0),
        'line 36: found "i saw the same", expected "I see the same" (passage/comment-text).',
    ),
    Altered(
        "a comment moved to the beginning",
        moved(35, 37, 3),
        (4, 0, 0),
        "Moved to line 1: “Comment by Alex Example”, 2 passages with 4 facts (comment-text to quote).",
    ),
    Altered(
        "a chart moved to the end",
        moved(39, 43, 10),
        (7, 0, 0),
        "Moved to line 8: some of “1 Grooming”, 1 passage with 7 facts (working-table).",
    ),
    Altered(
        "a comment left out",
        without(35, 37),
        (0, 0, 4),
        "Missing: “Comment by Alex Example”, 2 passages with 4 facts (comment-text to quote).",
    ),
    Altered(
        "a chart left out",
        without(17, 19),
        (0, 0, 3),
        "Missing: some of “1 Grooming”, 1 passage with 3 facts (contact-chart).",
    ),
    Altered(
        "a table left out",
        without(39, 43),
        (0, 0, 7),
        "Missing: some of “1 Grooming”, 1 passage with 7 facts (working-table).",
    ),
)
"""Changes of the made-up report."""

OF_NETCLEAN = (
    Altered(
        "the three shares of a row in reverse order",
        in_line(701, "8.8% 66% 25.3%", "25.3% 66% 8.8%"),
        (0, 2, 0),
        'line 701: found "25.3%" at “Innocent images”, expected "8.8%" (finding/self-produced-trend-innocent-decreased).',
    ),
    Altered(
        "two rows of a table swapped",
        swapped(703, 705),
        (3, 0, 0),
        "line 705: 3 facts found elsewhere: the row “Voluntarily self-produced material” stands in another order.",
    ),
    Altered(
        "the labels of two rows swapped",
        together(in_line(705, "grooming", "sexual extortion"), in_line(707, "sexual extortion", "grooming")),
        (0, 6, 0),
        'line 705: found "2.1%" at “Images as a result of sexual extortion”, expected "1.6%" (finding/self-produced-trend-extortion-decreased).',
    ),
    Altered(
        "a row left out",
        without(727, 728),
        (0, 0, 5),
        'from line 711: "49.5%" not found: no row “Images as a result of grooming” (finding/self-produced-frequency-grooming-common).',
    ),
    Altered(
        "a cell left out",
        in_line(707, "42.2% ", ""),
        (0, 0, 1),
        'line 707: "42.2%" not found: missing in the row “Images as a result of sexual extortion” (finding/self-produced-trend-extortion-neither).',
    ),
    Altered(
        "two cells of a row swapped",
        in_line(886, "70.4% 55.6%", "55.6% 70.4%"),
        (0, 2, 0),
        'line 886: found "70.4%" at “11–13 years”, expected "55.6%" (finding/grooming-age-most-common-11-13).',
    ),
    Altered(
        "the labels of groups of columns swapped",
        in_line(866, "Grooming Sexual Extortion", "Sexual Extortion Grooming"),
        (0, 24, 0),
        'line 886: found "55.6%" at “11–13 years”, expected "47.6%" (finding/extortion-age-most-common-11-13).',
    ),
    Altered(
        "the labels of two columns swapped",
        together(in_line(695, "Decreased", "Increased"), in_line(699, "Increased", "Decreased")),
        (5, 10, 0),
        "line 707: 5 facts found elsewhere: the columns stand in another order.",
    ),
    Altered(
        "the label of a column changed",
        in_line(699, "Increased", "Unchanged"),
        (0, 0, 5),
        'line 707: "56.3%" not found: no column “Increased” (finding/self-produced-trend-extortion-increased).',
    ),
    Altered(
        "the sign of an age bracket turned round",
        in_line(880, "<", ">"),
        (0, 1, 4),
        'from line 864: "4.2%" not found: no row “< 5 years” (finding/extortion-age-most-common-under-5).',
    ),
    Altered(
        "the values of yes and no swapped",
        together(in_line(2235, "17%", "83%"), in_line(2236, "83%", "17%")),
        (0, 2, 0),
        'line 2236: found "17%" at “No”, expected "83%" (finding/deepfakes-encountered-no).',
    ),
    Altered(
        "the labels yes and no swapped",
        together(in_line(2265, "Yes", "No"), in_line(2266, "No", "Yes")),
        (0, 2, 0),
        'line 2265: found "77.2%" at “No”, expected "22.8%" (finding/deepfakes-future-no).',
    ),
    Altered(
        "a value at a slice changed",
        in_line(2238, "17%", "27%"),
        (0, 1, 0),
        'line 2238: found "27%", expected "17%" (finding/deepfakes-encountered-yes).',
    ),
    Altered(
        "a value of a legend changed",
        in_line(1160, "3.2%", "32%"),
        (0, 1, 0),
        'line 1160: found "32%" at “South America”, expected "3.2%" (finding/trafficking-places-south-america).',
    ),
    Altered(
        "a label of a legend changed",
        in_line(1157, "Asia", "Australia"),
        (0, 0, 2),
        'from line 1154: "29%" not found: no label “Asia” (finding/trafficking-places-asia).',
    ),
    Altered(
        "a word of a label changed",
        in_line(1159, "North", "Latin"),
        (0, 0, 2),
        'from line 1154: "25.8%" not found: no label “North America” (finding/trafficking-places-north-america).',
    ),
    Altered(
        "a negated label turned round",
        in_line(1453, "Neither increased or decreased", "Increased or decreased"),
        (0, 1, 1),
        'line 1453: found "34%" at “Decreased”, expected "0,9%" (finding/forums-trend-decreased).',
    ),
    Altered(
        "the first print of a value in the legend changed",
        in_line(734, "57.5", "75.5"),
        (0, 1, 0),
        'line 734: found "75.5%" at “Voluntarily self-produced material”, expected "57.5 %" (finding/self-produced-most-common-voluntary).',
    ),
    Altered(
        "the first print of a value at its slice changed",
        in_line(741, "57.5", "75.5"),
        (0, 1, 0),
        'line 741: found "75.5%", expected "57.5 %" (finding/self-produced-most-common-voluntary).',
    ),
    Altered(
        "the second print of a value in the legend changed",
        in_line(749, "57.5", "75.5"),
        (0, 1, 0),
        'line 749: found "75.5%" at “Voluntarily self-produced material”, expected "57.5 %" (finding/self-produced-most-common-voluntary).',
    ),
    Altered(
        "the second print of a value at its slice changed",
        in_line(756, "57.5", "75.5"),
        (0, 1, 0),
        'line 756: found "75.5%", expected "57.5 %" (finding/self-produced-most-common-voluntary).',
    ),
    Altered(
        "one of two equal values of a chart changed",
        in_line(1028, "1.8% 1.8%", "1.8% 8.1%"),
        (0, 1, 0),
        'line 1028: found "8.1%", expected "1.8%" (finding/extortion-most-common-threat-family).',
    ),
    Altered(
        "two readings of a value made one",
        in_line(944, "26.8", "28.6"),
        (0, 1, 0),
        'line 944: found "28.6%", expected "26.8%" (finding/cases-changed-yes-second).',
    ),
    Altered(
        "a contradiction of the report corrected",
        in_line(2245, "12.5", "12.2"),
        (0, 1, 0),
        'line 2245: found "12.2%" at “Very uncommon”, expected "12.5%" (finding/deepfakes-frequency-very-uncommon-second).',
    ),
    Altered(
        "a decimal point lost",
        in_line(1454, "45.6", "456"),
        (0, 1, 0),
        'line 1454: found "456%" at “Increased”, expected "45.6%" (finding/forums-trend-increased).',
    ),
    Altered(
        "7% made 47%",
        in_line(880, "7% 4.2%", "47% 4.2%"),
        (0, 1, 0),
        'line 880: found "47%" at “< 5 years”, expected "7%" (finding/extortion-ages-under-5).',
    ),
    Altered(
        "not made now",
        in_line(2144, "not", "now"),
        (0, 2, 0),
        'line 2142: found "The large majority" in a sentence without “not” (claim/deepfakes-large-majority-not-encountered).',
    ),
    Altered(
        "not left out",
        in_line(851, "not seen", "seen"),
        (0, 1, 0),
        'line 850: found "Almost a third" in a sentence without “not” (claim/cases-unchanged).',
    ),
    Altered(
        "not left out before another verb",
        in_line(1041, "not ", ""),
        (0, 1, 0),
        'line 1040: found "More than 80 percent" in a sentence without “not” (claim/no-trafficking-connection-share).',
    ),
    Altered(
        "not put in",
        in_line(579, "are common", "are not common"),
        (0, 1, 0),
        'line 579: found "common or very common" behind “not” (claim/self-produced-common-but-trafficking).',
    ),
    Altered(
        "digits of a share in brackets swapped",
        in_line(1282, "85%", "58%"),
        (0, 1, 0),
        'line 1282: found "58%", expected "85%" (figure/organised-groups-encountered).',
    ),
    Altered(
        "more made less",
        in_line(584, "More than", "Less than"),
        (0, 1, 0),
        'line 584: found "less than 90 percent", expected "More than 90 percent" (claim/voluntary-common).',
    ),
    Altered(
        "90 made 80",
        in_line(584, "90", "80"),
        (0, 1, 0),
        'line 584: found "more than 80 percent", expected "More than 90 percent" (claim/voluntary-common).',
    ),
    Altered(
        "two thirds made one third",
        in_line(1591, "two thirds", "one third"),
        (0, 0, 1),
        'from line 1582: "Slightly more than two thirds" not found (claim/crypto-not-encountered).',
    ),
    Altered(
        "five made six",
        in_line(1410, "five percent", "six percent"),
        (0, 1, 0),
        'line 1410: found "only six percent", expected "Only five percent" (claim/organisation-decreasing).',
    ),
    Altered(
        "a third made a quarter",
        in_line(850, "third", "quarter"),
        (0, 1, 0),
        'line 850: found "almost a quarter", expected "Almost a third" (claim/cases-unchanged).',
    ),
    Altered(
        "digits of a count swapped",
        in_line(388, "269,370", "296,370"),
        (0, 1, 0),
        'line 388: found "296370", expected "269,370" (figure/clients-of-interviewed-employers).',
    ),
    Altered(
        "the number of respondents changed",
        in_line(242, "272", "227"),
        (0, 1, 0),
        'line 242: found "227 police", expected "272 police" (figure/police-survey-respondents).',
    ),
    Altered(
        "the end of a range changed",
        in_line(1388, "5,000–6,000", "5,000–60,000"),
        (0, 1, 0),
        'line 1388: found "5000 60000", expected "5,000–6,000" (figure/group-size-largest).',
    ),
    Altered(
        "a sum of money changed",
        in_line(1770, "€650–770", "€560–770"),
        (0, 1, 0),
        'line 1770: found "€ 560 770", expected "€650–770" (figure/bitcoin-value-eur).',
    ),
    Altered(
        "a year changed",
        in_line(1191, "2013", "2003"),
        (0, 1, 0),
        'line 1191: found "since 2003", expected "since 2013" (figure/ncmec-tracking-since).',
    ),
    Altered(
        "a country replaced",
        in_line(334, "Australia", "Austria"),
        (0, 0, 1),
        'from line 332: "Australia" not found (mention/australia-about-countries).',
    ),
    Altered(
        "a platform left out",
        in_line(1359, "Telegram, ", ""),
        (0, 1, 3),
        'from line 1347: "KIK, WhatsApp, Telegram, Facebook and Skype" not found (list/applications-of-offender-groups).',
    ),
    Altered(
        "a word of an anchor changed",
        in_line(1809, "NGO", "agency"),
        (0, 1, 0),
        'line 1809: found "ecpat sweden is an agency", expected "ECPAT Sweden is an NGO" (passage/andersson-ecpat).',
    ),
    Altered(
        "a chapter moved",
        moved(1818, 2038, 1576),
        (148, 0, 0),
        "Moved to line 1574: “Manipulated images and hidden images”, 14 passages with 148 facts (chapter-5-title to manipulation-trend-chart).",
    ),
    Altered(
        "a comment moved",
        moved(2275, 2351, 1178),
        (52, 0, 0),
        "Moved to line 1175: some of “Comment on insight 06”, 9 passages with 51 facts (berg-known to berg-netclean).",
    ),
    Altered(
        "a chapter left out",
        without(1576, 1738),
        (0, 0, 107),
        "Missing: “Cryptocurrencies”, 16 passages with 107 facts (chapter-4-title to crypto-frequency-chart).",
    ),
    Altered(
        "a passage left out",
        without(2163, 2168),
        (0, 0, 5),
        "Missing: some of “Technology development”, 1 passage with 5 facts (deepfakes-future).",
    ),
    Altered(
        "a chart left out",
        without(1156, 1176),
        (0, 0, 14),
        "Missing: some of “Grooming, sexual extortion and trafficking”, 1 passage with 14 facts (trafficking-places-chart).",
    ),
)
"""Changes of the NetClean Report 2018, whose text is not part of this project."""
