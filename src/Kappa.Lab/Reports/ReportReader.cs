using System.Text.Json.Serialization;

namespace Kappa.Lab.Reports;

/// <summary>Reads reports back from the folders that commands wrote them into.</summary>
public static class ReportReader
{
    private const int LargestFile = 1 << 28;

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads <c>report.json</c> of a folder, and its <c>config.json</c> where there is one.</summary>
    /// <param name="folder">The folder of a run of <c>kappa compare</c>, <c>train</c> or <c>reproduce</c>, or what <c>probe</c> or <c>diagnose</c>
    /// wrote.</param>
    /// <exception cref="RunFolderException">There is no report; the message says what is there, and the way out.</exception>
    /// <exception cref="DamagedFileException">The file is not as it was written.</exception>
    public static Report Read(string folder)
    {
        string path = PathIn(folder);
        try
        {
            var report = JsonSerializer.Deserialize<Report>(BoundedFile.ReadAllBytes(path, LargestFile), Strict)
                ?? throw new JsonException("expected an object; got null");
            if (report.Parts.Count == 0)
                throw new JsonException("parts: expected at least one; got none");
            foreach (var section in report.Parts.SelectMany(part => part.Findings.Sections))
                Check(section);
            string config = ConfigOf(folder);
            return report with { Parts = [.. report.Parts.Select(part => part with { Config = config })] };
        }
        catch (JsonException error)
        {
            throw new DamagedFileException(path, $"expected a report as this version of Kappa writes it: {error.Message}", "Run the command again", error);
        }
    }

    /// <summary>Where the report of a folder is.</summary>
    /// <exception cref="RunFolderException">There is none.</exception>
    internal static string PathIn(string folder)
    {
        string path = Path.Combine(folder, ReportWriter.NumbersName);
        return File.Exists(path) ? path : throw new RunFolderException(
            $"{folder}: expected a folder with a report ({ReportWriter.NumbersName}), as kappa compare, train, reproduce, probe and diagnose write it; "
            + $"got {WhatIsThere(folder)}");
    }

    private static string WhatIsThere(string folder)
    {
        if (File.Exists(folder))
            return "a file. Name the folder that it is in";
        if (!Directory.Exists(folder))
            return "nothing: there is no such folder";
        if (RunPaths.HoldsRun(folder))
            return $"a run of kappa {RunManifest.Read(folder).Kind} that is not finished. Finish it with --resume";
        string[] within = [.. Directory.EnumerateDirectories(folder).Where(inner => File.Exists(Path.Combine(inner, ReportWriter.NumbersName)))
            .Select(inner => Path.GetFileName(inner)).Order(StringComparer.Ordinal).Take(5)];
        return within.Length > 0 ? $"a folder of folders that have one. Name them: {string.Join(", ", within)}" : "a folder without one";
    }

    private static string ConfigOf(string folder)
    {
        string path = Path.Combine(folder, RunPaths.ConfigName);
        return File.Exists(path) ? Encoding.UTF8.GetString(BoundedFile.ReadAllBytes(path, LargestFile)) : "";
    }

    private static void Check(FindingSection section)
    {
        if (section.Table is { } table && table.Rows.FirstOrDefault(row => row.Count != table.Columns.Count) is { } row)
            throw new JsonException($"the table of \"{section.Title}\": expected {table.Columns.Count} cells in each row; got {row.Count}");
        foreach (var line in section.Plots.SelectMany(plot => plot.Lines))
        {
            int[] lengths = [line.Y.Count, line.Low?.Count ?? line.X.Count, line.High?.Count ?? line.X.Count, line.Hover?.Count ?? line.X.Count];
            if (lengths.FirstOrDefault(length => length != line.X.Count, -1) is var length and >= 0)
                throw new JsonException($"the line \"{line.Name}\": expected one value for each of {line.X.Count} points; got {length}");
        }
        foreach (var picture in section.Pictures ?? [])
        {
            if (picture.Width < 1 || picture.Height < 1 || picture.Pixels.Length != (long)picture.Width * picture.Height)
                throw new JsonException($"the picture \"{picture.Title}\": expected {picture.Width} x {picture.Height} pixels; got {picture.Pixels.Length}");
        }
    }
}
