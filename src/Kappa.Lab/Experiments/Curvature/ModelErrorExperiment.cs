namespace Kappa.Lab.Experiments.Curvature;

/// <summary>An experiment that tests the quadratic model in the top subspace of H^(k), at one k.</summary>
internal abstract class ModelErrorExperiment : CurvatureExperiment<ModelErrorSettings>
{
    /// <summary>The eigenpairs are about half of a cell's work.</summary>
    private const double SolverShare = 0.5;

    private protected sealed override JsonObject Run(ModelErrorSettings settings, ProbedModel model, int seed, CellContext context)
    {
        var risk = model.Risk(context, settings.K + 1, seed);
        using var pairs = Lanczos.Solve(
            new HessianOperator(risk, 0, settings.K),
            settings.Dimensions.Max(),
            new LanczosOptions { Tolerance = settings.Tolerance, Seed = (ulong)seed },
            context.Cancellation,
            new DirectProgress<SolverProgress>(progress => context.Report(SolverShare * progress.Share)));
        var increment = IncrementModels.At(risk, pairs.Eigenvectors, settings.K, context.Cancellation);
        return Measure(new Probed(settings, risk, pairs, increment, seed, context));
    }

    /// <summary>What the experiment is about.</summary>
    private protected abstract JsonObject Measure(Probed probed);

    /// <summary>A model with its top subspace and the quadratic model there.</summary>
    private protected sealed record Probed(
        ModelErrorSettings Settings, EmpiricalRisk Risk, EigenResult Pairs, IncrementModel Increment, int Seed, CellContext Context)
    {
        /// <summary>The progress of one of several equal parts of what comes after the eigenpairs.</summary>
        internal DirectProgress<SolverProgress> Progress(int part = 0, int parts = 1) =>
            new(progress => Context.Report(SolverShare + ((1 - SolverShare) * (part + progress.Share) / parts)));
    }
}
