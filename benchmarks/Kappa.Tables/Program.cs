using System.Text.Json;
using Kappa.Lab.Experiments;
using Kappa.Lab.Runs;
using Kappa.Tables;

const string Page = "docs/tables.md";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    string[] rest = args.Length > 0 ? args[1..] : [];
    switch (args.FirstOrDefault())
    {
        case "study":
            Run(StudyArguments.Parse(rest), $"dotnet run -c Release --project benchmarks/Kappa.Tables -- {string.Join(' ', args)}", stop.Token);
            return 0;
        case "generate" when rest.Length > 0:
            Generate(rest[0], new Arguments(rest[1..], ["--rows", "--seed"], []));
            return 0;
        case "docs" when rest.Length == 0:
            WriteDocs();
            return 0;
        default:
            Console.Error.WriteLine(StudyArguments.Usage);
            return 2;
    }
}
catch (ArgumentException error)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted; the same command goes on from here");
    return 130;
}
catch (Exception error) when (error is IOException or InvalidDataException or JsonException or RunFolderException or ExperimentException)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return 1;
}

static void Run(StudyArguments arguments, string command, CancellationToken cancellation)
{
    foreach (var table in arguments.Tables)
    {
        string folder = Path.Combine(arguments.Folder, table.Name);
        bool isThere = File.Exists(Path.Combine(folder, "run.json"));
        var config = new JsonObject { ["table"] = table.Name, ["settings"] = JsonSerializer.SerializeToNode(arguments.Settings) };
        using var run = RunFolder.Open(new RunRequest("tables", table.Name, config)
        {
            Path = folder,
            Mode = !isThere ? RunFolderMode.Fresh : arguments.IsFresh ? RunFolderMode.Force : RunFolderMode.Resume,
        });
        foreach (string note in run.Notes)
            Console.Error.WriteLine($"note: {note}");
        run.Begin(new Dictionary<string, string>());
        var result = new Study(table, arguments.Settings, run, arguments.Jobs, Console.Error.WriteLine).Run(command, cancellation);
        new RunPart(arguments.Results).WriteText($"{table.Name}.json", result.ToText());
        Console.WriteLine(MarkdownTables.Of(result));
        Console.WriteLine($"\nwrote {Path.Combine(arguments.Results, table.Name)}.json\n");
    }
}

static void Generate(string folder, Arguments arguments)
{
    int rows = (int)arguments.Whole("--rows", StudySettings.Short.Rows, 1, 100_000_000);
    ulong seed = (ulong)arguments.Whole("--seed", 0, 0, long.MaxValue);
    foreach (var table in GeneratedTable.All)
    {
        string path = Path.Combine(folder, $"{table.Name}.csv");
        table.Generate(rows, seed).WriteCsv(path, GeneratedTable.Target, table.IsClasses);
        Console.WriteLine(path);
    }
}

static void WriteDocs()
{
    string page = File.ReadAllText(Page);
    foreach (var table in GeneratedTable.All)
        page = MarkdownTables.Renew(page, TableResult.Read($"results/tables/{table.Name}.json"));
    new RunPart(".").WriteText(Page, page);
}
