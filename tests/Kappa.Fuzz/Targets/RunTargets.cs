using Kappa.Lab.Reports.Export;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Predict;
using Kappa.Lab.Studies.Train;

namespace Kappa.Fuzz.Targets;

/// <summary>Folders of runs and what lies in them.</summary>
internal static class RunTargets
{
    private const string ReportName = "report.json", OwnerName = ".kappa-owner.json";

    private static readonly RunEnvironment Here = new("kappa report", DateTimeOffset.UnixEpoch, "1", "a machine");

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Run("run-manifest", "run.json", ["RunFolder.Read", "TrainedModel.Load", "ModelPredictor..ctor", "LanguageModel.Load"], Seal.Renewed, folder =>
        {
            var manifest = RunFolder.Read(folder, "train");
            // It is written in the order of names, whatever the order that it was read in.
            var ordered = manifest with { Data = new SortedDictionary<string, string>(manifest.Data.ToDictionary(), StringComparer.Ordinal) };
            UnfaithfulException.Require("a second writing", Json(ordered), Json(Reread(manifest)));
            var model = TrainedModel.Load(folder, KappaCatalog.Choices);
            var predictor = new ModelPredictor(folder, KappaCatalog.Choices);
            return $"{model.Source.NetworkName} {predictor.Columns.Count} {manifest.Amendments.Count}";
        }),
        Run("run-config", "config.json", ["TrainingConfig.ReadRun", "RunFolder.Open"], null, folder =>
        {
            var config = TrainingConfig.ReadRun(folder, KappaCatalog.Choices);
            var request = new RunRequest("train", config.Name, SettingsOf<TrainingConfig>.Write(config))
            {
                Path = folder, Mode = RunFolderMode.Resume, Amend = true,
            };
            using var run = RunFolder.Open(request);
            return run.HasBegun ? "run" : "nothing";
        }),
        Run("run-metrics", "metrics.jsonl", ["TrainingFolder.ReadMetrics"], null, folder =>
        {
            var run = new RunPart(folder);
            run.RemoveFile("result.json");
            return $"{new TrainingFolder(run).ReadMetrics().Count}";
        }),
        Run("run-result", "result.json", ["TrainingFolder.ReadResult"], Seal.Renewed, folder =>
        {
            var training = new TrainingFolder(new RunPart(folder));
            var result = training.ReadResult()!;
            training.WriteResult(result);
            UnfaithfulException.Require("a second writing", Json(result), Json(training.ReadResult()!));
            return $"{result.Metrics?.Lines}";
        }),
        Run("run-encoder", "encoder.json", ["ModelPredictor.Predict"], Seal.Renewed, folder =>
        {
            // The run says which encoder it is of by its hash.
            var manifest = SealedJson.Open(File.ReadAllBytes(Path.Combine(folder, "run.json")));
            _ = manifest["data"]!.AsObject().Remove("encoder.json");
            new RunPart(folder).WriteSealed("run.json", manifest);
            var predictor = new ModelPredictor(folder, KappaCatalog.Choices);
            return $"{predictor.Predict(Path.Combine(folder, "rows.csv"), default).Count()}";
        }),
        Run("run-owner", OwnerName, ["RunFolder.Open"], null, folder =>
        {
            byte[] said = File.ReadAllBytes(Path.Combine(folder, OwnerName));
            using var taken = RunLock.Take(folder, folder);
            // Taking it wrote who has it: what a stranger says of that comes in its place.
            File.WriteAllBytes(Path.Combine(folder, OwnerName), said);
            try
            {
                _ = RunFolder.Open(new RunRequest("train", "rows", []) { Path = folder, Mode = RunFolderMode.Resume });
                return "free";
            }
            catch (RunFolderException error)
            {
                return error.Message.Contains("since", StringComparison.Ordinal) ? "said" : "not said";
            }
        }) with { Seeds = () => [("saved", """{"process":7,"machine":"a","since":"2024-05-31 00:00:00 UTC"}"""u8.ToArray())] },
        Run("report-sources", "out/sources.json", ["PaperFiles.Write"], null, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, ReportName), Made());
            var part = RunPart.ForFindings(Path.Combine(folder, "out"), PaperFiles.SourcesName);
            return $"{PaperFiles.Write(part, ReportSource.Read([folder]), Here, ReportFormats.Csv).Count}";
        }) with { Seeds = () => [("made", """{"files":["tables/a.csv","plots/b.svg"]}"""u8.ToArray())] },
        Run("report", ReportName, ["ReportReader.Read", "ReportSource.Read"], null, folder =>
        {
            var report = ReportReader.Read(folder);
            var part = new RunPart(Path.Combine(folder, "out"));
            _ = PaperFiles.Write(part, ReportSource.Read([folder]), Here, ReportFormats.All);
            ReportWriter.Write(part, report);
            UnfaithfulException.Require("a second writing", Json(report), Json(ReportReader.Read(part.FolderPath)));
            return string.Join(' ', report.Parts[0].Findings.Sections.Select(Described).Distinct());
        }) with { Seeds = () => [("made", Made())], MostAllocated = length => (256L << 20) + (4096L * length) },
    ];

    private static FuzzTarget Run(string name, string file, string[] readers, Func<byte[], byte[]>? repair, Func<string, string> read) =>
        new(name, input =>
        {
            string folder = input.Beside("run");
            RunBase.Write(folder, file, input.Bytes);
            return read(folder);
        })
        {
            Readers = readers, Form = Form.Text, Repair = repair, Seeds = () => [("saved", RunBase.Of(file))],
            Refusals =
            [
                typeof(RunFolderException), typeof(DamagedFileException), typeof(ConfigException), typeof(CheckpointException), typeof(DataFileException),
                typeof(StateMismatchException), typeof(FileNotFoundException),
            ],
        };

    private static string Described(FindingSection section) =>
        $"{(section.Table is null ? "" : "table")}{section.Plots.Count}{(section.Pictures is null ? "" : "pictures")}";

    private static byte[] Made()
    {
        var line = new PlotLine("a", [1, 10, 100], [0.5, double.NaN, 2]) { Low = [0.4, 0, 1], High = [0.6, 1, 3], Hover = ["x", "y", "z"] };
        var plot = new LinePlot("loss", "step", "loss", [line, new PlotLine("b", [1, 2], [3, 4]) { PointsOnly = true }])
        {
            LogX = true, Marks = [new PlotMark(10, "here")],
        };
        var table = new FindingTable(["method", "loss"], [["AdamW", FindingCell.Of(0.25)], ["Muon", FindingCell.Of(new Interval(0.1, 0.05, 0.2))]]);
        var section = new FindingSection("Losses", "What <was> found") { Table = table, Plots = [plot], Pictures = [new GreyPicture("p", 2, 1, [0, 255])] };
        using var folder = new TemporaryFolder();
        ReportWriter.Write(new RunPart(folder.FullPath), new Report("A report", Here, [new ReportPart("study", "", new Findings("It works.", [section]))]));
        return File.ReadAllBytes(folder[ReportName]);
    }

    private static RunManifest Reread(RunManifest manifest)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["run.json"], manifest.ToBytes());
        return RunManifest.Read(folder.FullPath);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, RunJson.Exact);
}
