namespace Kappa.Tables;

/// <summary>What the command line asks for.</summary>
/// <param name="Tables">Which tables.</param>
/// <param name="Settings">How large.</param>
/// <param name="Folder">Where trainings are kept.</param>
/// <param name="Results">Where results are written.</param>
/// <param name="Jobs">Trainings at once.</param>
/// <param name="IsFresh">Whether trainings that are there are done again.</param>
internal sealed record StudyArguments(IReadOnlyList<GeneratedTable> Tables, StudySettings Settings, string Folder, string Results, int Jobs, bool IsFresh)
{
    internal const string Usage =
        """
        usage: dotnet run -c Release --project benchmarks/Kappa.Tables -- <command>

          study     sweeps and compares every method on every table, and writes results/tables/*.json
                    [--table interactions|ill-conditioned|heavy-tails] [--full] [--jobs 2] [--folder runs/tables] [--results results/tables] [--fresh]
          generate  writes the tables as CSV: generate <folder> [--rows 20000] [--seed 0]
          docs      makes the tables of docs/tables.md from results/tables/*.json
        """;

    /// <summary>Reads the options of <c>study</c>.</summary>
    /// <exception cref="ArgumentException">One is unknown or has a value that it may not have.</exception>
    internal static StudyArguments Parse(IReadOnlyList<string> arguments)
    {
        var read = new Arguments(arguments, ["--table", "--jobs", "--folder", "--results"], ["--full", "--fresh"]);
        bool isFull = read.Has("--full");
        string size = isFull ? "-full" : "";
        var tables = GeneratedTable.All;
        if (read.Value("--table") is { } name)
        {
            tables = [.. tables.Where(table => table.Name == name)];
            if (tables.Count == 0)
                throw new ArgumentException($"--table: expected {string.Join(", ", GeneratedTable.All.Select(table => table.Name))}; got {name}");
        }
        return new StudyArguments(
            tables, isFull ? StudySettings.Full : StudySettings.Short, read.Value("--folder") ?? $"runs/tables{size}",
            read.Value("--results") ?? $"results/tables{size}", (int)read.Whole("--jobs", Environment.ProcessorCount, 1, 1024), read.Has("--fresh"));
    }
}
