namespace Kappa.Cli;

/// <summary>What a command found, for programs: collected while it runs, and written when it is done.</summary>
internal sealed class JsonSheet
{
    private readonly JsonArray _parts = [];

    /// <summary>Where the report is; null for none.</summary>
    internal string? Report { get; set; }

    internal void Add(string name, Findings findings)
    {
        var part = FindingsJson.Of(findings);
        part.Insert(0, "name", name);
        _parts.Add(part);
    }

    /// <summary>The whole as one object, which ends with a new line.</summary>
    internal string ToText(string command)
    {
        var all = new JsonObject { ["version"] = CodeVersion.Short, ["command"] = command, ["parts"] = _parts.DeepClone() };
        if (Report is not null)
            all["report"] = Report;
        return all.ToJsonString(RunJson.Indented) + "\n";
    }
}
