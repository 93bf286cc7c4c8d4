namespace AnomalyDetect.Simulation.Casting;

/// <summary>Which country lies on which continent, so that far is far and a business trip is one that an aeroplane can make.</summary>
internal static class Continents
{
    private static readonly (string[] Countries, string[] Destinations)[] All =
    [
        (Split("AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA"),
            ["DE", "FR"]),
        (Split("AE AF AM AZ BD BH BN BT CC CN CX CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE"),
            ["IN", "NP"]),
        (Split("AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW"),
            ["NG", "CD"]),
        (Split("AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI"),
            ["US", "MX"]),
        (Split("AQ AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"), ["BR", "BO"]),
        (Split("AS AU CK FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"), ["NZ", "FJ"]),
    ];

    /// <summary>Those of <paramref name="from"/> on another continent than <paramref name="home"/>.</summary>
    public static string[] Other(string home, string[] from) => [.. from.Where(c => Of(c) != Of(home))];

    /// <summary>Where one flies from <paramref name="home"/> on business: abroad, on the same continent.</summary>
    public static string Near(string home, Dice dice) => dice.Pick([.. All[Math.Max(0, Of(home))].Destinations.Where(d => d != home)]);

    /// <summary>-1 for a code that is none of these.</summary>
    private static int Of(string country) => Array.FindIndex(All, c => Array.IndexOf(c.Countries, country) >= 0);

    private static string[] Split(string codes) => codes.Split(' ');
}
