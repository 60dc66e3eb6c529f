using System.Reflection;

namespace Kappa.Tests.ApprovedApi;

/// <summary>Compares the public API of an assembly with the text that was approved, so that every change of it is seen in review.</summary>
internal static class ApprovedText
{
    private const string Variable = "KAPPA_APPROVE_API";

    /// <summary>Fails with the lines that differ; with KAPPA_APPROVE_API=1 it writes the text instead.</summary>
    /// <param name="assembly">Whose API.</param>
    /// <param name="folder">The folder of the text, from the root of the repository.</param>
    internal static void Check(Assembly assembly, string folder)
    {
        string path = Path.Combine(Root(), folder, $"{assembly.GetName().Name}.txt");
        string actual = PublicApi.Render(assembly);
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        string approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (approved == actual)
            return;
        Assert.Fail(
            $"the public API of {assembly.GetName().Name} is not the approved one:\n{Difference(approved, actual)}\nIf that is meant, approve it by running "
            + $"this test with {Variable}=1 and commit {path}");
    }

    /// <summary>The lines that only one text has, each below the type it belongs to.</summary>
    internal static string Difference(string approved, string actual)
    {
        var before = Lines(approved);
        var after = Lines(actual);
        var changes = before.Except(after).Select(line => (line, Sign: "-")).Concat(after.Except(before).Select(line => (line, Sign: "+")))
            .OrderBy(change => change.line.Type, StringComparer.Ordinal).ThenBy(change => change.line.Text, StringComparer.Ordinal);
        return string.Join('\n', changes.Select(change => $"{change.Sign} {Shown(change.line.Type, change.line.Text)}"));

        static string Shown(string type, string text) =>
            text == type ? type : $"{type.Split(' ').First(word => word.Contains('.', StringComparison.Ordinal))}: {text.Trim()}";
    }

    private static List<(string Type, string Text)> Lines(string text)
    {
        var lines = new List<(string, string)>();
        string type = "";
        foreach (string line in text.Split('\n').Where(line => line.Length > 0))
        {
            if (!line.StartsWith(' '))
                type = line;
            lines.Add((type, line));
        }

        return lines;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kappa.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Kappa.slnx was not found above {AppContext.BaseDirectory}");
    }
}
