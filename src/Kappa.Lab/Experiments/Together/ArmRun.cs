namespace Kappa.Lab.Experiments.Together;

/// <summary>Trains and measures one arm: a rate is chosen on seeds that are not reported, then the reported seeds run.</summary>
/// <param name="settings">The settings.</param>
/// <param name="network">What the arm's network learns.</param>
/// <param name="arm">The arm.</param>
internal sealed class ArmRun(TogetherSettings settings, StudiedNetwork network, Arm arm)
{
    private const int FirstTuningSeed = 1000;
    private const int JacobianInputs = 4;

    /// <summary>Runs what is not run yet, each result kept as soon as it is there.</summary>
    internal JsonObject Run(CellContext context)
    {
        var rates = settings.RatesOf(arm);
        int most = ((rates.Count + settings.Extensions) * settings.TuningSeeds) + settings.Seeds, done = 0;
        JsonObject Kept(double rate, int seed, Func<JsonObject> make)
        {
            string name = FormattableString.Invariant($"lr{Figures.Rate(rate)}-seed{seed}.json");
            var result = context.Work.ReadSealed(name, "it is trained again");
            if (result is null)
            {
                result = make();
                context.Work.WriteSealed(name, result);
            }
            context.Report((double)++done / most);
            return result;
        }
        double LossOf(double rate, int seed)
        {
            var found = Kept(rate, seed, () => Tune(rate, seed, context.Cancellation));
            return new CellResult(arm.Key, found).Number("validationLoss") is var loss && double.IsFinite(loss) ? loss : double.PositiveInfinity;
        }
        var search = RateSearch.Run(
            rates, settings.Extensions, rate => Enumerable.Range(FirstTuningSeed, settings.TuningSeeds).Average(seed => LossOf(rate, seed)));
        var reported = Enumerable.Range(0, settings.Seeds)
            .Select(seed => new CellResult(arm.Key, Kept(search.Rate, seed, () => Report(search.Rate, seed, context.Cancellation)))).ToArray();
        var result = new JsonObject();
        search.WriteTo(result);
        foreach (var measure in Measure.All)
            result[measure.Name] = CellResult.Json(reported.Select(run => run.Number(measure.Name)));
        return result;
    }

    private JsonObject Tune(double rate, int seed, CancellationToken cancellation)
    {
        try
        {
            var (model, optimizer) = Start(rate, seed);
            using var owned = optimizer as IDisposable;
            _ = Train(model, optimizer, network.Training, settings.Steps[arm.Network], new Philox((ulong)seed).Split("order"), cancellation);
            return new JsonObject { ["validationLoss"] = CellResult.Json(network.Validation.Evaluate(model).Loss) };
        }
        catch (NonFiniteException)
        {
            return [];
        }
    }

    private JsonObject Report(double rate, int seed, CancellationToken cancellation)
    {
        var generator = new Philox((ulong)seed);
        var result = new JsonObject();
        try
        {
            var (model, optimizer) = Start(rate, seed);
            using var owned = optimizer as IDisposable;
            void Set(Measure measure, double value) => result[measure.Name] = CellResult.Json(value);
            Set(Measure.Speed, Train(model, optimizer, network.Training, settings.Steps[arm.Network], generator.Split("order"), cancellation));
            model.Eval();
            Set(Measure.Deployed, network.Deploy(model, cancellation));
            Set(Measure.Path, PathAboveMinimum(model));
            Set(Measure.Stabilization, Stabilization(model, cancellation));
            var spectra = Enumerable.Range(0, JacobianInputs).Select(row => network.Jacobian(model, network.Validation.Inputs.Slice(0, row, 1))).ToArray();
            Set(Measure.JacobianLargest, spectra.Average(spectrum => spectrum.Largest));
            Set(Measure.JacobianRank, spectra.Average(spectrum => spectrum.EffectiveRank / spectrum.Values.Count));
            double memorised = double.NaN;
            for (int task = 0; task < settings.Tasks; task++)
            {
                var own = generator.Split("task").Split(task);
                var asked = network.Training.First(settings.TaskExamples).WithRandomTargets(network.Classes, own.Split("answers"));
                _ = Train(model, optimizer, asked, settings.TaskSteps, own.Split("order"), cancellation);
                memorised = asked.Evaluate(model).Accuracy;
            }
            Set(Measure.Plasticity, memorised);
        }
        catch (NonFiniteException)
        {
            // What is missing says that it diverged, and where.
        }
        return result;
    }

    private (Module Model, Optimizer Optimizer) Start(double rate, int seed)
    {
        var generator = new Philox((ulong)seed);
        var model = network.Create(generator.Split("model"));
        if (arm.Has(Factor.PathCond))
            _ = PathConditioning.Rescale(model, new RescalingOptions { InputShape = network.InputShape });
        return (model, settings.Create(arm, model, rate));
    }

    /// <summary>Trains, and returns the mean of the losses, each before its step.</summary>
    private double Train(Module model, Optimizer optimizer, LabelledSamples samples, int steps, Philox order, CancellationToken cancellation)
    {
        var batches = new RowBatches(samples.Count, Math.Min(settings.BatchSize, samples.Count), order.Split, PartialBatch.Drop);
        double sum = 0;
        TrainingLoop? loop = null;
        loop = new TrainingLoop(optimizer, () =>
        {
            var batch = samples.At(batches.Next());
            return LabelledSamples.Loss(model.Forward(batch.Inputs), batch.Targets);
        })
        {
            AfterStep = () => sum += loop!.LastLoss!.Value,
        };
        model.Train();
        loop.Run(steps, cancellation);
        return sum / steps;
    }

    private double PathAboveMinimum(Module model)
    {
        var analysis = PathConditioning.Analyse(model, new RescalingOptions { InputShape = network.InputShape, Verify = false });
        return (analysis.CriterionBefore - analysis.CriterionAfter) / analysis.Parameters;
    }

    private double Stabilization(Module model, CancellationToken cancellation)
    {
        int samples = settings.CurvatureSamples;
        var (inputs, targets) = network.Training.AskedAlike();
        var risk = new EmpiricalRisk(model, LabelledSamples.Loss, new SampleSource(inputs, targets), new RiskOptions { BatchSize = samples });
        using var found = CurvatureProbe.Run(
            risk,
            new CurvatureProbeOptions
            {
                Sizes = [samples], Dimensions = [settings.Dimensions], Sigmas = [settings.Sigma], HessianSamples = samples, Candidates = settings.Candidates,
                FullSpaceProbes = 0, Lanczos = new LanczosOptions { Tolerance = 1e-2, VerifyMultiplicities = false },
            },
            cancellation);
        return found.Curve(StabilizationCriterion.Subspace, settings.Dimensions, settings.Sigma).Points[0].Value;
    }
}
