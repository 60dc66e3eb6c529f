namespace Kappa.Lab.Tests.Studies.Diagnose;

public sealed class DiagnosisTests
{
    [Fact]
    public void A_run_writes_diagnostics_into_its_metrics_and_they_change_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var plain = Run(folder, "plain", null);
        var observed = Run(folder, "observed", 8);
        Assert.Equal(
            plain.ReadMetrics().Select(line => line with { Seconds = 0 }),
            observed.ReadMetrics().Where(line => line.Diagnostics is null).Select(line => line with { Seconds = 0 }));
        DiagnosticsRecord[] records = [.. observed.ReadMetrics().Select(line => line.Diagnostics).OfType<DiagnosticsRecord>()];
        Assert.Equal([0L, 8L, 16L], records.Select(record => record.Step));
        Assert.All(
            records[1..],
            record => Assert.All(
                record.Weights.Where(weight => !weight.Parameter.Contains("embedding", StringComparison.Ordinal)), weight => Assert.True(weight.Update > 0)));
        Assert.All(records, record => Assert.Null(record.Jacobian));
        var names = TrainingReport.Plots(observed.ReadMetrics()).Select(plot => plot.Title).ToArray();
        Assert.Contains("Dormant share of units", names);
        Assert.Contains("log10 of the condition of the tangent kernel", names);
        Assert.DoesNotContain("Dormant share of units", TrainingReport.Plots(plain.ReadMetrics()).Select(plot => plot.Title));
    }

    [Fact]
    public void A_finished_run_is_diagnosed_from_its_folder_or_from_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "run", null);
        var options = new DiagnosticsOptions { KernelInputs = 4 };
        var diagnosis = Of(run.FolderPath, options);
        Assert.Equal(23, diagnosis.Record.Step);
        Assert.NotEmpty(diagnosis.Record.Units);
        var again = Of(diagnosis.Source.Origin, options);
        Assert.Equal(diagnosis.Record.Weights, again.Record.Weights);
        Assert.Equal(diagnosis.Source.RunFolder, again.Source.RunFolder);
        var findings = DiagnosisReport.Findings(diagnosis);
        Assert.Equal(["Weights", "Dormant units", "Tangent kernel"], findings.Sections.Select(section => section.Title));
        Assert.All(findings.Sections, section => Assert.All(section.Table!.Rows, row => Assert.Equal(section.Table.Columns.Count, row.Count)));
        Assert.Matches("the worst-conditioned weight is .*, with (a condition of [0-9.e+]+|an infinite condition)\\. ", findings.Headline);
        DiagnosisReport.Write(new RunPart(folder["out"]), diagnosis, new RunEnvironment("kappa diagnose", DateTimeOffset.UnixEpoch, "0", "none"));
        Assert.Contains("worst-conditioned", File.ReadAllText(folder["out/report.html"]), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["out/diagnosis.json"]));
    }

    [Fact]
    public void What_a_model_has_no_measure_of_is_said()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "run", null);
        var diagnosis = Of(run.FolderPath, new DiagnosticsOptions { KernelInputs = 0, LayerJacobians = true });
        var jacobians = DiagnosisReport.Findings(diagnosis).Sections.Single(section => section.Title == "Jacobians");
        Assert.Contains("Tokens have no derivative", jacobians.Text, StringComparison.Ordinal);
        Assert.Equal(["block0", "head"], jacobians.Table!.Rows.Select(row => row[0]));
        var silent = DiagnosisReport.Findings(
            diagnosis with { Record = diagnosis.Record with { Units = [] } }).Sections.Single(section => section.Title == "Dormant units");
        Assert.Null(silent.Table);
        Assert.StartsWith("Not measured", silent.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_or_holds_no_run_is_said()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "no such folder", Assert.Throws<RunFolderException>(() => Of(folder["none"], new DiagnosticsOptions())).Message,
            StringComparison.Ordinal);
        var error = Assert.Throws<RunFolderException>(() => Of(folder.FullPath, new DiagnosticsOptions()));
        Assert.Contains("there is no run of kappa train here", error.Message, StringComparison.Ordinal);
    }

    private static Diagnosis Of(string path, DiagnosticsOptions options) => Diagnosis.Of(TrainedModel.Load(path, KappaCatalog.Choices), 8, options);

    private static TrainingFolder Run(TemporaryFolder folder, string name, int? diagnostics) =>
        SmallRun.Run(SmallRun.Config(folder) with { Diagnostics = diagnostics }, folder[name]);
}
