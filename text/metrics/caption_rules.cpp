#include "text/metrics/caption_rules.hpp"

#include <utf8proc.h>

namespace tapestry {

namespace {

bool is_alpha(char32_t c) { // of the first plane: others have no rule
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return c <= 0xFFFF && category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}
bool is_decimal(char32_t c) {
  return c <= 0xFFFF && utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ND;
}
bool is_alpha_or_decimal(char32_t c) { return is_alpha(c) || is_decimal(c); }
bool belongs_to_letters(char32_t c) { // soft hyphen, spacing modifiers, marks
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return c == 0xAD || (c >= 0x02C2 && c <= 0x02FF) ||
         (c <= 0x0ECD && (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC));
}

constexpr auto blanks = U" \t\u00A0\u2000-\u200A\u3000";
constexpr auto space_or_line_end = U" \t\u00A0\u2000-\u200A\u3000\n\v\f\r\u0085\u2028\u2029";
constexpr auto small_or_capital = U"a-zA-Z";
constexpr auto ascii_word = U"a-zA-Z0-9";

std::vector<CaptionRule> make_rules() {
  using namespace patterns;
  std::vector<CaptionRule> rules;
  const Pattern nothing{""};
  const auto add = [&](const Pattern& word, const Pattern& after,
                       CaptionRule::Kind kind = CaptionRule::plain) {
    rules.push_back({word, after, kind});
  };
  const auto all = any_number;

  const Pattern amp = "&amp;";
  const Pattern alpha = run(is_alpha), alphas = run(is_alpha, 0, all);
  const Pattern entity =
      Pattern{"&"} + run(U"aeiouAEIOU") + one_of("acute grave uml") + Pattern{";"};
  const Pattern letter =
      run([](char32_t c) { return is_alpha(c) || belongs_to_letters(c); }) | entity;
  const Pattern letter_or_digit =
      run([](char32_t c) { return is_alpha_or_decimal(c) || belongs_to_letters(c); }) | entity;
  const Pattern begun = letter + times(letter_or_digit, 0, all);
  const Pattern word = begun + times(run(U".!?") + begun, 0, all);
  const auto digits = [](std::size_t least, std::size_t most) {
    return run(is_decimal, least, most);
  };
  const Pattern blank = run(blanks), gap = run(space_or_line_end);
  const Pattern apostrophe = run(U"'\u0092\u2019") | "&apos;";
  const Pattern tick = apostrophe | run(U"`\u0091\u2018\u201B");
  const Pattern ending = apostrophe + one_of("m s d re ve ll");
  const Pattern not_ending = Pattern{"n"} + tick + "t";
  const Pattern hyphen = run(U"-_\u058A\u2010\u2011");

  // Words that are cut in two.
  add("can", "not");
  add("'t", "was");
  add("'t", "is");
  add("gon", "na");
  add("got", "ta");
  add("lem", "me");
  add("gim", "me");
  add("wan", "na");
  add(Pattern{"c"} + run(U"+", 2, 2), nothing);
  add(one_of("c f") + "#", nothing);

  // Tags, entities, words.
  const Pattern name = run(small_or_capital) + run(U"A-Za-z0-9_:.-", 0, all);
  const Pattern spaces = run(U" ", 0, all);
  const Pattern value = (Pattern{"'"} + run_except(U"'", 0, all) + "'") |
                        (Pattern{"\""} + run_except(U"\"", 0, all) + "\"");
  const Pattern attribute = run(U" ", 1, all) + name + maybe(spaces + "=" + spaces + value);
  const Pattern tag =
      Pattern{"<"} +
      ((run(U"!?") + run(U"A-Za-z-") + run_except(U">\r\n", 0, all)) |
       (name + times(attribute, 0, all) + spaces + maybe("/")) | (Pattern{"/"} + name)) +
      spaces + ">";
  add(tag, nothing, CaptionRule::verbatim);
  add((Pattern{"&"} + one_of("md mdash ndash") + ";") | run(U"\u0096\u0097\u2013-\u2015"), nothing);
  add(amp, nothing);
  add("&nbsp;", nothing);
  add(Pattern{"&"} +
          (one_of("ht tl ur lr qc ql qr odq cdq") | (Pattern{"#"} + run(U"0-9", 1, all))) + ";",
      nothing);
  add(word, ending);
  add(run(U"A-Za-z\u00AD", 0, all) + run(U"A-MO-Za-mo-z") + run(U"\u00AD", 0, all), not_ending);
  add(word, nothing);
  add((apostrophe + "n" + maybe(apostrophe)) | (run(U"lLdDjJ") + apostrophe) |
          (one_of("dunkin somethin ol") + apostrophe) | (apostrophe + one_of("em cause til till")) |
          (run(U"A-HJ-XZn") + tick + run(is_alpha, 2, all)) | (apostrophe + run(U"2-9") + "0s") |
          (alpha + alphas + run(U"aeiouyAEIOUY") + tick + run(U"aeiouA-Z") + alphas) |
          one_of("cont'd cont'd. 'twas nor'easter c'mon e'er s'mores ev'ry li'l nat'l") |
          (Pattern{"o"} + tick + "o"),
      nothing);
  add(Pattern{"y"} + apostrophe, alpha);

  // Addresses and names of the net.
  const auto not_in_path = U" \t\n\f\r\"<>|()";
  const auto not_at_end = U" \t\n\f\r\"<>|.!?(){},-";
  add((Pattern{"http://"} | "https://") + run_except(U" \t\n\f\r\"<>|(){}", 1, all) +
          run_except(not_at_end),
      nothing, CaptionRule::verbatim);
  const Pattern path = Pattern{"/"} + run_except(not_in_path, 1, all) + run_except(not_at_end);
  // The original means a comma, a hyphen, '_' and '$', but writes the range from ',' to '_'.
  const auto not_in_host = U" \t\n\f\r\"`'<>|.!?(){}$,-_";
  add(((Pattern{"www."} + times(run_except(U" \t\n\f\r\"<>|.!?(){},", 1, all) + ".", 1, all) +
        run(small_or_capital, 2, 4)) |
       (times(run_except(not_in_host, 1, all) + ".", 1, all) + one_of("com net org edu"))) +
          maybe(path),
      nothing, CaptionRule::verbatim);
  const Pattern address_part = run_except(U" \t\n\f\r\"<>|(){}.\u00A0", 1, all);
  add(maybe(Pattern{"&lt;"} | "<") + run(ascii_word) +
          run_except(U" \t\n\f\r\"<>|()\u00A0{}", 0, all) + "@" +
          times(address_part + ".", 0, all) + address_part + maybe(Pattern{"&gt;"} | ">"),
      nothing, CaptionRule::verbatim);
  add((Pattern{"@"} + run(U"a-zA-Z_") + run(U"a-zA-Z_0-9", 0, all)) |
          (Pattern{"#"} + times(letter, 1, all)),
      nothing);

  add(ending, run_except(small_or_capital), CaptionRule::quote);
  add(not_ending, run_except(small_or_capital), CaptionRule::quote);

  // Numbers.
  add(digits(1, 2) + run(U"/-") + digits(1, 2) + run(U"/-") + digits(2, 4), nothing);
  const Pattern number =
      digits(1, all) |
      (digits(0, all) + times(run(U".:,\u00AD\u066B\u066C") + digits(1, all), 1, all));
  add(maybe(run(U"-+")) + number, nothing);
  add(maybe(run(U"\u207A\u207B\u208A\u208B")) +
          (run(U"\u2070\u00B9\u00B2\u00B3\u2074-\u2079", 1, all) | run(U"\u2080-\u2089", 1, all)),
      nothing);
  add(maybe(digits(1, 4) + run(U" \u00A0-")) + digits(1, 4) +
          ((maybe("\\") + "/") | run(U"\u2044")) + digits(1, 4),
      nothing);
  add(run(U"\u00BC-\u00BE\u2153-\u215E"), nothing);
  const Pattern and_sign = amp | "&";
  add((Pattern{"-"} + one_of("rrb lrb rcb lcb rsb lsb") + "-") | one_of("c.d.s pro- anti-") |
          (Pattern{"s"} + and_sign + one_of("p-500 ls")) | (Pattern{"cap"} + apostrophe + "n") |
          (Pattern{"c"} + apostrophe + "est"),
      nothing);
  const Pattern hyphened =
      run(ascii_word, 1, all) + times(Pattern{"-"} + run(small_or_capital, 1, all), 0, 2);
  add(hyphened + times(maybe("\\") + "/" + hyphened, 1, 2), nothing);
  add((run(U"A-Z", 0, all) + "$") | "#", nothing);
  add(run(U"\u00A2-\u00A5\u0080\u20A0\u20AC\u060B\u0E3F\u20A4\uFFE0\uFFE1\uFFE5\uFFE6"), nothing);

  // Abbreviations keep their full stop. A single letter loses it before a word that begins a
  // sentence: "the letter A. The boy".
  const Pattern dotted =
      run(small_or_capital) + times(Pattern{"."} + run(small_or_capital), 0, all);
  const Pattern united = (one_of("canada sino korean eu japan non") + "-u.s") |
                         (Pattern{"u.s.-"} + one_of("u.k u.s.s.r"));
  add(run(small_or_capital),
      Pattern{"."} + run(space_or_line_end, 1, all) +
          (one_of(
               "About According Additionally After An A As At But Earlier He Her Here However If "
               "In It Last Many More Mr. Ms. Now Once One Other Our She Since So Some Such That "
               "The Their Then There These They This We When While What Yet You") |
           tag) +
          gap);
  add(one_of("ca. fig. figs. prop. no. nos. art. bldg. pp. op."), maybe(gap) + digits(1, 1));
  add(one_of(
          "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri ala "
          "ariz Az Ark calif colo conn ct dak Del fla ga Ill ind kan kans ky La Mass md mich minn "
          "Miss mo mont neb nev okla Ore Pa penn tenn Tex va vt Wash wis wisc wyo inc co cos corp "
          "pty pte ptys ptes ppty ppte ltd plc rt bancorp bhd assn univ intl sys tel est ext sq "
          "jr sr bros ed.d ph.d blvd rd esq etc al seq bldg") +
          ".",
      run([](char32_t) { return true; }, 0, 2));
  add((one_of(
           "mr mrs ms Miss dr drs prof profs sen sens rep reps atty attys lt col gen messrs gov "
           "govs adm rev maj sgt cpl pvt capt st ste ave pres lieut hon brig cmdr comdr pfc spc "
           "supt supts det mt ft adj adv asst assoc ens insp mlle mme msgr sfc vs alex wm jos cie "
           "a.k.a cf treas ph invt elec natl mtg mfg dept") |
       dotted | united) +
          ".",
      nothing);
  add(dotted | united, gap);
  add(apostrophe + run(U"0-9", 2, 2), gap);
  const Pattern extension = one_of(
      "bat bmp c class cgi cpp dll doc docx exe gif gz h htm html jar java jpeg jpg mov mp3 pdf "
      "php pl png ppt ps py sql tar txt wav x xml zip");
  const Pattern stem = times(letter_or_digit, 1, all);
  add(stem + times(Pattern{"."} + stem, 0, all) + "." + extension, gap | run(U".?!,"));
  const Pattern within = run(U",;:\u3001");
  add(word + ".", within);
  const auto figures = [](std::size_t least, std::size_t most) { return run(U"0-9", least, most); };
  const Pattern joint = run(U" \u00A0-"), plus = maybe(run(U"+", 1, 2));
  add(((Pattern{"("} + figures(2, 3) + ")" + maybe(run(U" \u00A0"))) |
       (plus + maybe(figures(2, 4) + joint) + figures(2, 4) + joint)) +
          figures(3, 4) + maybe(joint) + figures(3, 5),
      nothing);
  add(maybe(plus + figures(2, 4) + ".") + figures(2, 4) + "." + figures(3, 4) + "." + figures(3, 5),
      nothing);

  // Signs.
  add(Pattern{"\""} | "&quot;", nothing, CaptionRule::quote);
  add(Pattern{"<"} | "&lt;", nothing);
  add(Pattern{">"} | "&gt;", nothing);
  add(maybe(run(U"<>")) + run(U":;=") + maybe(run(U"o*'-")) + run(U"()DPdpO\\{@|[]"),
      run_except(ascii_word));
  const auto eye = U"^x=~<>", wide_eye = U"^x=~<>'-";
  add((run(eye) + ".[^x=~<>]") | (run(wide_eye) + "_" + run(wide_eye)) |
          (Pattern{"("} + run(wide_eye) + maybe(run(U"_.")) + run(wide_eye) + ")") |
          (Pattern{"("} + run(eye) + "-" + run(U"^x=~<>'`") + ")"),
      nothing);
  add(run(U"()[]{}=/"), nothing);
  for (const auto sign : {U"-", U"@", U"_", U"*", U"#"}) add(run(sign, 1, all), nothing);
  add(times("\\*", 1, 3), nothing);
  add(run(U".", 3, 5) | (times(Pattern{"."} + run(U" \u00A0"), 2, 4) + ".") | run(U"\u0085\u2026"),
      nothing);
  add(within, nothing);
  add(run(U"?!", 1, all), nothing);
  add(run(U".\u00A1\u00BF\u037E\u0589\u061F\u06D4\u0700-\u0702\u07FA\u3002"), nothing);

  // Words with hyphens, digits and ampersands.
  const Pattern initials =
      run(small_or_capital) + times(Pattern{"."} + run(small_or_capital), 1, all);
  const Pattern part = run(U"A-Za-z0-9\u00AD", 1, all) | ((initials | united) + ".");
  const Pattern compound =
      run(ascii_word) + run(U"A-Za-z0-9.,\u00AD", 0, all) + times(Pattern{"-"} + part, 1, all);
  const Pattern french =
      maybe(run(U"dDoOlL") + tick + run(is_alpha_or_decimal)) + run(is_alpha_or_decimal, 1, all);
  const Pattern thing = french + times(hyphen + french, 0, all);
  const Pattern company =
      run(U"A-Z", 1, all) + times((run(U"+&") | amp) + run(U"A-Z", 1, all), 1, all);
  for (const Pattern& p : {compound, thing, company}) {
    add(p + ".", within);
    add(p, nothing);
  }

  add("'", run(small_or_capital) + run_except(U" \t\n\r\u00A0"), CaptionRule::quote);
  add(ending, nothing, CaptionRule::quote);
  add(not_ending, nothing, CaptionRule::quote);
  const auto quotes = U"`\u2018-\u201F\u0091-\u0094\u2039\u203A\u00AB\u00BB";
  add(apostrophe | "''" | run(quotes, 1, 2), nothing, CaptionRule::quote);
  add(Pattern{"<<"} | ">>", nothing);
  add(run(U"%&+^|\\~\u00A6-\u00A9\u00AC\u00AE-"
          U"\u00BA\u00D7\u00F7\u0387\u05BE\u05C0\u05C3\u05C6\u05F3"
          U"\u05F4\u0600-\u0603\u0606-\u060A\u060C\u0614\u061B\u061E\u066A\u066D\u0703-"
          U"\u070D\u07F6-"
          U"\u07F8\u0964\u0965\u0E4F\u1FBD\u2016\u2017\u2020-\u2023\u2030-\u2038\u203B\u203E-\u2042"
          U"\u2044\u207A-\u207F\u208A-\u208E\u2100-\u214F\u2190-\u2BFF\u3012\u30FB\uFF01-\uFF0F"
          U"\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65"),
      nothing);
  return rules;
}

} // namespace

const std::vector<CaptionRule>& caption_rules() {
  static const std::vector<CaptionRule> rules = make_rules();
  return rules;
}

} // namespace tapestry
