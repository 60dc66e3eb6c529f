namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

public sealed class StepTimesTests
{
    [Fact]
    public void The_control_of_equal_time_takes_as_many_steps_as_the_measured_times_allow()
    {
        var settings = (FeedbackSettings)SmallStudy.Study.Read(
            SmallStudy.Settings(("longerBy", "measured"), ("controls", new System.Text.Json.Nodes.JsonArray("longer"))), KappaCatalog.Choices);
        var control = settings.Methods[^1];
        Assert.Equal("AdamW, as long", control.Title);
        Assert.Equal(51, control.Timed(new StepTimes(0.02, 0.051, 5, 20)).Optimizer.Steps);
        Assert.Equal("adamw-as-long", control.Timed(new StepTimes(0.02, 0.051, 5, 20)).Key);
        // Never fewer than the others have.
        Assert.Equal(20, control.Timed(new StepTimes(0.02, 0.01, 5, 20)).Optimizer.Steps);
        Assert.Equal(20, settings.Methods[0].Timed(new StepTimes(0.02, 0.051, 5, 20)).Optimizer.Steps);
        Assert.Throws<InvalidOperationException>(() => control.Timed(null));
    }

    [Fact]
    public void A_resumed_run_keeps_what_it_measured_and_goes_on_to_the_same_bits()
    {
        using var temporary = new TemporaryFolder();
        var settings = SmallStudy.Settings(("longerBy", "measured"), ("controls", new System.Text.Json.Nodes.JsonArray("longer")));
        using (var stop = new CancellationTokenSource())
        {
            var progress = new DirectProgress<ExperimentProgress>(at =>
            {
                if (at.Key is null && at.Share > 0)
                    stop.Cancel();
            });
            Assert.Empty(ExperimentRuns.Run(SmallStudy.Study, temporary["cut"], 1, settings, progress: progress, cancellation: stop.Token).Finished);
        }
        string measured = Path.Combine("prepared", "step-times.json"), before = File.ReadAllText(Path.Combine(temporary["cut"], measured));
        // One goes on here, another from a copy of what was there.
        Copy(temporary["cut"], temporary["copy"]);
        var results = ExperimentRuns.Run(SmallStudy.Study, temporary["cut"], 2, settings, RunFolderMode.Resume);
        Assert.Equal(before, File.ReadAllText(Path.Combine(temporary["cut"], measured)));
        Assert.Equal(
            SmallStudy.Fingerprint(results),
            SmallStudy.Fingerprint(ExperimentRuns.Run(SmallStudy.Study, temporary["copy"], 1, settings, RunFolderMode.Resume)));
        var findings = SmallStudy.Study.Plan(settings, KappaCatalog.Choices).Conclude(results);
        Assert.Matches(
            "AdamW trains as long as DoPr-AdamW by [0-9.]+ times the steps: a step took .+ and .+, medians of [0-9]+ turns of 20 steps, measured when",
            findings.Sections[0].Text);
        Assert.Equal(["AdamW", "DoPr-AdamW", "AdamW, as long"], SmallStudy.Column(findings, 0, 0));
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
