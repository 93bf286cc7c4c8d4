using System.Collections.Frozen;
using System.Globalization;

namespace AnomalyDetect.Core.Geography;

/// <summary>
/// How far a person in one country is at the least from one in another, from their ISO 3166-1 alpha-2 codes: the great-circle distance between the middles
/// of the two (a capital, or where people live in a large one) less how far people live from them. Coarse on purpose: neighbours are never called far apart,
/// and overseas territories only by their own codes.
/// </summary>
internal static class Countries
{
    private const double EarthRadiusKm = 6371;

    /// <summary>How far an ordinary country reaches from its capital, in km.</summary>
    private const double UsualReachKm = 600;

    /// <summary>Capitals, in whole degrees north and east.</summary>
    private const string Capitals =
        "AD 43 2,AE 24 54,AF 35 69,AG 17 -62,AI 18 -63,AL 41 20,AM 40 45,AO -9 13,AR -35 -58,AS -14 -171,AT 48 16,AU -35 149,AW 13 -70,AX 60 20,AZ 40 50," +
        "BA 44 18,BB 13 -60,BD 24 90,BE 51 4,BF 12 -2,BG 43 23,BH 26 51,BI -3 30,BJ 6 3,BL 18 -63,BM 32 -65,BN 5 115,BO -16 -68,BQ 12 -68,BR -16 -48," +
        "BS 25 -77,BT 27 90,BW -25 26,BY 54 28,BZ 17 -89,CA 45 -76,CC -12 97,CD -4 15,CF 4 19,CG -4 15,CH 47 7,CI 7 -5,CK -21 -160,CL -33 -71,CM 4 12," +
        "CN 40 116,CO 5 -74,CR 10 -84,CU 23 -82,CV 15 -24,CW 12 -69,CX -10 106,CY 35 33,CZ 50 14,DE 53 13,DJ 12 43,DK 56 13,DM 15 -61,DO 18 -70,DZ 37 3," +
        "EC 0 -78,EE 59 25,EG 30 31,EH 27 -13,ER 15 39,ES 40 -4,ET 9 39,FI 60 25,FJ -18 178,FK -52 -58,FM 7 158,FO 62 -7,FR 49 2,GA 0 9,GB 52 0," +
        "GD 12 -62,GE 42 45,GF 5 -52,GG 49 -3,GH 6 0,GI 36 -5,GL 64 -52,GM 13 -17,GN 10 -14,GP 16 -62,GQ 4 9,GR 38 24,GT 15 -91,GU 13 145,GW 12 -16," +
        "GY 7 -58,HK 22 114,HN 14 -87,HR 46 16,HT 19 -72,HU 47 19,ID -6 107,IE 53 -6,IL 32 35,IM 54 -4,IN 29 77,IO -7 72,IQ 33 44,IR 36 51,IS 64 -22," +
        "IT 42 12,JE 49 -2,JM 18 -77,JO 32 36,JP 36 140,KE -1 37,KG 43 75,KH 12 105,KI 1 173,KM -12 43,KN 17 -63,KP 39 126,KR 38 127,KW 29 48,KY 19 -81," +
        "KZ 51 71,LA 18 103,LB 34 36,LC 14 -61,LI 47 10,LK 7 80,LR 6 -11,LS -29 27,LT 55 25,LU 50 6,LV 57 24,LY 33 13,MA 34 -7,MC 44 7,MD 47 29," +
        "ME 42 19,MF 18 -63,MG -19 48,MH 7 171,MK 42 21,ML 13 -8,MM 20 96,MN 48 107,MO 22 114,MP 15 146,MQ 15 -61,MR 18 -16,MS 17 -62,MT 36 15,MU -20 57," +
        "MV 4 74,MW -14 34,MX 19 -99,MY 3 102,MZ -26 33,NA -23 17,NC -22 166,NE 14 2,NF -29 168,NG 9 7,NI 12 -86,NL 52 5,NO 60 11,NP 28 85,NR -1 167," +
        "NU -19 -170,NZ -41 175,OM 24 58,PA 9 -80,PE -12 -77,PF -18 -150,PG -9 147,PH 15 121,PK 34 73,PL 52 21,PM 47 -56,PR 18 -66,PS 32 35,PT 39 -9,PW 7 134," +
        "PY -25 -58,QA 25 52,RE -21 55,RO 44 26,RS 45 20,RU 56 38,RW -2 30,SA 25 47,SB -9 160,SC -5 55,SD 16 33,SE 59 18,SG 1 104,SH -16 -6,SI 46 15," +
        "SJ 78 16,SK 48 17,SL 8 -13,SM 44 12,SN 15 -17,SO 2 45,SR 6 -55,SS 5 32,ST 0 7,SV 14 -89,SX 18 -63,SY 34 36,SZ -26 31,TC 21 -71,TD 12 15," +
        "TG 6 1,TH 14 101,TJ 39 69,TK -9 -172,TL -9 126,TM 38 58,TN 37 10,TO -21 -175,TR 40 33,TT 11 -62,TV -9 179,TW 25 122,TZ -6 36,UA 50 31,UG 0 33," +
        "US 39 -77,UY -35 -56,UZ 41 69,VA 42 12,VC 13 -61,VE 11 -67,VG 18 -65,VI 18 -65,VN 21 106,VU -18 168,WF -13 -176,WS -14 -172,XK 43 21,YE 15 44,YT -13 45," +
        "ZA -26 28,ZM -15 28,ZW -18 31";

    /// <summary>Large countries: the middle of where people live (whole degrees north and east), and how far nearly all of them live from it, in km.</summary>
    private static readonly Dictionary<string, (int Latitude, int Longitude, double ReachKm)> Large = new(StringComparer.Ordinal)
    {
        ["AR"] = (-34, -61, 1400), ["AU"] = (-32, 140, 2300), ["BR"] = (-17, -46, 2000), ["CA"] = (48, -90, 2700), ["CD"] = (-4, 22, 1000), ["CL"] = (-33, -71, 1500),
        ["CN"] = (33, 111, 1900), ["DZ"] = (35, 3, 800), ["ES"] = (40, -4, 1000), ["GB"] = (53, -2, 700), ["ID"] = (-5, 112, 2200), ["IN"] = (22, 79, 1600),
        ["IR"] = (33, 52, 1000), ["JP"] = (36, 137, 1200), ["KZ"] = (47, 70, 1400), ["MX"] = (21, -101, 1500), ["MY"] = (3, 107, 1200), ["NO"] = (61, 10, 1300),
        ["NZ"] = (-40, 175, 800), ["PH"] = (13, 122, 900), ["PK"] = (30, 71, 900), ["RU"] = (55, 52, 2900), ["SA"] = (24, 45, 900), ["SE"] = (59, 16, 900),
        ["TR"] = (39, 33, 900), ["US"] = (38, -93, 2700), ["VN"] = (16, 107, 900), ["ZA"] = (-29, 27, 1000),
    };

    private readonly record struct Place(double Latitude, double Longitude, double ReachKm);

    private static readonly FrozenDictionary<ushort, Place> Places = Parse();

    /// <summary>Packs two letters as in <see cref="Events.TelemetryEvent.Country"/>.</summary>
    public static ushort Pack(string code) => (ushort)((code[0] << 8) | code[1]);

    public static string Name(ushort country) => country == 0 ? "??" : new string([(char)(country >> 8), (char)(country & 0xff)]);

    /// <summary>In km, 0 or more; 0 as well where either country is unknown.</summary>
    public static double LeastDistanceKm(ushort a, ushort b)
    {
        if (a == b || !Places.TryGetValue(a, out var from) || !Places.TryGetValue(b, out var to)) return 0;
        return Math.Max(0, GreatCircleKm(from, to) - from.ReachKm - to.ReachKm);
    }

    /// <summary>Haversine.</summary>
    private static double GreatCircleKm(in Place a, in Place b)
    {
        var (lat1, lat2) = (double.DegreesToRadians(a.Latitude), double.DegreesToRadians(b.Latitude));
        var (sinLat, sinLon) = (Math.Sin((lat2 - lat1) / 2), Math.Sin(double.DegreesToRadians(b.Longitude - a.Longitude) / 2));
        return 2 * EarthRadiusKm * Math.Asin(Math.Min(1, Math.Sqrt((sinLat * sinLat) + (Math.Cos(lat1) * Math.Cos(lat2) * sinLon * sinLon))));
    }

    private static FrozenDictionary<ushort, Place> Parse()
    {
        var places = new Dictionary<ushort, Place>();
        foreach (var line in Capitals.Split(','))
        {
            var parts = line.Split(' ');
            places.Add(Pack(parts[0]), Large.TryGetValue(parts[0], out var large)
                ? new Place(large.Latitude, large.Longitude, large.ReachKm)
                : new Place(double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture), UsualReachKm));
        }

        return places.ToFrozenDictionary();
    }
}
