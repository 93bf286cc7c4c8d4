namespace AnomalyDetect.Core.Tables;

/// <summary>What of a tenant's state grows with what is seen of it. The numbers have no meaning outside a process.</summary>
internal enum TablePart
{
    Principals, Habits, Minutes, Windows, ShadowWindows, Sessions, Tokens, FastClaims, SlowClaims, Delegations, Denials, Spraying, Challenges, Enumeration, Callers,
    Visitors, Alerts, ShadowAlerts, Offences, ShadowOffences,
}

/// <summary>What is known of each part beforehand.</summary>
internal static class TableParts
{
    public static int Count { get; } = Enum.GetValues<TablePart>().Length;

    /// <summary>How many of it an ordinary tenant has for sixteen principals: as which a tenant's guaranteed memory is shared out.</summary>
    public static int ForSixteen(TablePart part) => part switch
    {
        TablePart.Principals or TablePart.Habits or TablePart.Sessions or TablePart.Tokens => 16,
        TablePart.Minutes or TablePart.Windows or TablePart.ShadowWindows => 8,
        TablePart.Alerts => 2,
        _ => 1,
    };

    /// <summary>In words, in the plural.</summary>
    public static string Words(TablePart part) => part switch
    {
        TablePart.Principals => "principals",
        TablePart.Habits => "sign-in habits",
        TablePart.Minutes or TablePart.Windows or TablePart.ShadowWindows => "principals active at once",
        TablePart.Sessions => "sessions",
        TablePart.Tokens => "tokens",
        TablePart.Alerts or TablePart.ShadowAlerts => "open alerts",
        TablePart.Offences or TablePart.ShadowOffences => "names a playbook counts",
        _ => "running counts",
    };
}
