namespace Kappa.Lab.Reports;

/// <summary>What the papers report of that which experiments measure, by the experiment. Papers are named by <see cref="Glossary.PaperOf"/>.</summary>
internal static class PaperReferences
{
    // Up to here the paper holds its quadratic model for right (arXiv 2604.14870, section 5 and figure 4).
    private const double ModelHoldsTo = 1e-3;

    private const string Picture = "It is published as a picture, without its numbers.";
    private const string Unknown = "Its numbers are not known here.";

    private static readonly Dictionary<string, PaperReference> All = new(StringComparer.Ordinal)
    {
        ["curvature/fig2"] = new(
            "figure 2",
            "There, at a transformer of 107 million parameters, all criteria fall with k, Delta_1 more slowly than the mean-squared ones. "
            + $"{Picture} The dashed line is the rate of the paper's theorem for Delta_2^(D), O(k^-2), through our first point.")
        {
            Drawn = Rate("Delta_2^(", -2, "the paper's theorem, k^-2"),
        },
        ["curvature/fig3"] = new(
            "figure 3",
            "There, at a transformer of 107 million parameters, the ratio stays close to 1 (dashed) over all k at sigma = 1e-4 and 1e-3; at 1e-2 it leaves 1, "
            + "the further the larger D.")
        {
            Drawn = Level(1, "the paper, sigma up to 1e-3"),
        },
        ["curvature/fig4"] = new(
            "figure 4",
            "There, at a transformer of 107 million parameters, the error of the loss is low and nearly flat up to sigma of about 1e-3, which is marked, and "
            + "then rises sharply.")
        {
            Drawn = plot => plot with { Marks = [.. plot.Marks, new PlotMark(ModelHoldsTo, "the paper: flat up to here")] },
        },
        ["curvature/fig5"] = new(
            "figure 5",
            $"There, at a transformer of 107 million parameters, both ways of sampling converge to the closed form as samples are added. {Picture}"),
        ["curvature/fig6"] = new(
            "figure 6",
            "There, at a transformer of 107 million parameters, the difference is small wherever the quadratic model holds (sigma up to 1e-3), and grows at "
            + $"the largest sigma. {Picture}"),
        ["curvature/table2"] = new(
            "table 2",
            "Its seconds are beside ours: of a transformer of 107 million parameters, D = 45, on a GPU; means over five seeds, with the standard deviation of "
            + "the sample. Its closed form is about 18,000 times as fast as its direct samples.")
        {
            Numbers =
            [
                .. from estimator in (string[])["direct", "quadratic", "closed form"]
                   select new PaperNumber(estimator, "stage I, subspace (s)", 17.53, "17.53 ± 0.53"),
                .. from estimator in (string[])["quadratic", "closed form"]
                   select new PaperNumber(estimator, "stage II, surrogate (s)", 1.777, "1.777 ± 0.014"),
                new("direct", "stage III, criterion (s)", 2.197, "2.197 ± 0.013"),
                new("quadratic", "stage III, criterion (s)", 3.68e-3, "0.00368 ± 0.00005"),
                new("closed form", "stage III, criterion (s)", 1.22e-4, "0.000122 ± 0.000003"),
            ],
        },
        ["pathcond/two-moons"] = new(
            "the experiment on two moons",
            $"There networks are trained at many learning rates, and epochs to the plain network's best loss are compared. {Unknown}"),
        ["pathcond/autoencoder"] = new(
            "the experiment with varying width",
            $"There the gain of an encoder-decoder of handwritten digits grows with how much its widths vary. {Unknown}"),
        ["pathcond/fig2"] = new(
            "figure 2",
            $"There MLPs of 3 to 8 hidden layers, 500 wide, with batch normalisation, are trained on CIFAR-10 by SGD at a rate of 1e-3. {Unknown}"),
        ["pathcond/fig3"] = new(
            "figure 3",
            "There the fully convolutional network of Gitman and Ginsburg (arXiv 1709.08145) is trained on CIFAR-10, with and without batch normalisation. "
            + Unknown),
        ["pathcond/initialisation"] = new(
            "the study of initialisation",
            $"There scales hardly move where widths are equal and weights are drawn large, and move far where widths vary. {Unknown}"),
        ["isometry/random-labels"] = Continual("random labels"),
        ["isometry/permuted-inputs"] = Continual("permuted inputs"),
        ["isometry/label-shuffles"] = Continual("label shuffles"),
        ["isometry/class-incremental"] = Continual("classes that arrive one after another"),
        ["isometry/remedies"] = new(
            "the comparison with other remedies", $"There older remedies are read as partial forms of isometry. {Unknown}"),
        ["isometry/revival"] = new(
            "the account of dormant units", "There the penalty moves the weights of a dead ReLU, which has no gradient of the task, and so may wake it."),
        ["isometry/reinforcement"] = new(
            "the experiments with reinforcement learning", $"There plasticity is kept while tasks of reinforcement learning change. {Unknown}"),
        ["dopr/linear-control"] = new(
            "the argument on validation loss", "It is that validation loss does not rank policies by what they do when deployed."),
        ["dopr/squat"] = Cloned("cloning Humanoid-v5"),
        ["dopr/balance"] = Cloned("cloning Humanoid-v5"),
        ["dopr/cartpole-pictures"] = Cloned("policies on pictures of Robomimic"),
        ["dopr/arithmetic"] = Cloned("Llama-3.2-3B and Llama-3.1-8B on GSM8K"),
    };

    /// <summary>The experiments that have one.</summary>
    internal static IReadOnlyCollection<string> Experiments => All.Keys;

    /// <summary>What the paper of an experiment reports; null where it asks what no paper shows.</summary>
    /// <param name="experiment">The full name.</param>
    internal static PaperReference? Of(string experiment) => All.GetValueOrDefault(experiment);

    private static PaperReference Continual(string tasks) => new(
        $"the benchmark of {tasks}",
        $"There an MLP of four hidden layers, 512 wide, learns many such tasks on pictures of CIFAR or MNIST at a rate of 1e-4. {Unknown}");

    private static PaperReference Cloned(string what) => new(
        $"the experiment with {what}", $"There activation preconditioning gains in deployment, often at a validation loss that is no better. {Unknown}");

    /// <summary>A horizontal line.</summary>
    private static Func<LinePlot, LinePlot> Level(double value, string name) => plot =>
    {
        double[] x = [.. plot.Lines.SelectMany(line => line.X)];
        return With(plot, name, [x.Min(), x.Max()], [value, value]);
    };

    /// <summary>A power of k + 1 through the first point of the first line of some name.</summary>
    private static Func<LinePlot, LinePlot> Rate(string through, int power, string name) => plot =>
        plot.Lines.FirstOrDefault(line => line.Name.StartsWith(through, StringComparison.Ordinal) && line.X.Count > 0 && double.IsFinite(line.Y[0])) is { } ours
            ? With(plot, name, ours.X, [.. ours.X.Select(k => ours.Y[0] * Math.Pow((k + 1) / (ours.X[0] + 1), power))])
            : plot;

    private static LinePlot With(LinePlot plot, string name, IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        plot with { Lines = [.. plot.Lines, new PlotLine(name, x, y) { IsReference = true }] };
}
