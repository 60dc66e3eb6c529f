using Kappa.Lab.Experiments;
using Kappa.Lab.Experiments.Curvature;
using Kappa.Lab.Experiments.Isometry;
using Kappa.Lab.Experiments.PathCond;
using Kappa.Lab.Experiments.Reinforcement;
using Kappa.Lab.Settings;
using Kappa.Text;

namespace Kappa.Lab.Catalog;

/// <summary>The experiments that exist.</summary>
public static class ExperimentRegistry
{
    /// <summary>Every experiment, in the order to list them.</summary>
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new TwoMoonsExperiment(),
        new AutoencoderExperiment(),
        new DepthExperiment(),
        new ConvolutionExperiment(),
        new InitialisationExperiment(),
        new OptimizersExperiment(),
        new RandomLabelsExperiment(),
        new PermutedInputsExperiment(),
        new LabelShufflesExperiment(),
        new ClassIncrementalExperiment(),
        new RemediesExperiment(),
        new RevivalExperiment(),
        new ReinforcementExperiment(),
        new DecayExperiment(),
        new RatioExperiment(),
        new TaylorExperiment(),
        new ConvergenceExperiment(),
        new RobustnessExperiment(),
        new StagesExperiment(),
        new OptimizerDecayExperiment(),
    ];

    /// <summary>The experiment of a name.</summary>
    /// <param name="name"><c>paper/name</c>.</param>
    /// <param name="among">The experiments to look among.</param>
    /// <exception cref="ConfigException">There is none; the message has the nearest name that exists, and all of them.</exception>
    public static Experiment Find(string name, IReadOnlyList<Experiment> among)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(among);
        return among.FirstOrDefault(experiment => experiment.FullName == name)
            ?? throw new ConfigException(NearestName.Describe("experiment", name, among.Select(experiment => experiment.FullName)));
    }
}
