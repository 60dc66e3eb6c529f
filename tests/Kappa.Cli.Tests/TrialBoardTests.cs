namespace Kappa.Cli.Tests;

public sealed class TrialBoardTests
{
    [Fact]
    public void A_warning_that_every_seed_gives_is_shown_once_for_its_optimizer_and_is_no_progress()
    {
        var config = ComparisonConfig.Parse(SmallConfig.Json, KappaCatalog.Choices);
        var board = new TrialBoard(config, TimeProvider.System);
        foreach (var trial in config.Trials())
            board.Report(new TrialProgress(trial, RunPhase.Training, 0, null, null, "the gradient was left as it was"));
        Assert.Equal(["AdamW: the gradient was left as it was", "DoPr-Muon: the gradient was left as it was"], board.Warnings());
        Assert.Empty(board.Running());
    }
}
