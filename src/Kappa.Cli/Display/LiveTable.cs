using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kappa.Cli.Display;

/// <summary>The table that a terminal shows while trials run.</summary>
internal static class LiveTable
{
    internal static IRenderable Of(TrialBoard board)
    {
        var running = board.Running();
        var table = new Table().Border(TableBorder.Rounded).Expand();
        _ = table.AddColumn("optimizer").AddColumn("trials").AddColumn("running now").AddColumn("training loss");
        foreach (var optimizer in board.Config.Optimizers)
        {
            var (finished, diverged) = board.FinishedOf(optimizer.Label);
            int total = optimizer.LearningRates.Count * board.Config.Seeds.Count;
            var own = running.Where(progress => progress.Trial.Optimizer == optimizer).ToArray();
            string counts = string.Create(CultureInfo.InvariantCulture, $"{finished}/{total}{(diverged == 0 ? "" : $", {diverged} diverged")}");
            _ = table.AddRow(
                new Spectre.Console.Text(VisibleText.Of(optimizer.Label)),
                new Spectre.Console.Text(counts),
                new Spectre.Console.Text(string.Join('\n', own.Select(Where))),
                new Spectre.Console.Text(string.Join('\n', own.Select(progress => progress.TrainingLoss is { } loss ? Figures.Short(loss) : ""))));
        }
        return new Rows(table, ProgressBar.Of(board.Share(), board.StatusLine()));
    }

    private static string Where(TrialProgress progress) => progress.Phase == RunPhase.Deploying
        ? $"rate {Figures.Rate(progress.Trial.LearningRate)}, seed {progress.Trial.Seed}: deployed"
        : $"rate {Figures.Rate(progress.Trial.LearningRate)}, seed {progress.Trial.Seed}: {progress.Step}/{progress.Trial.Optimizer.Steps}";
}
