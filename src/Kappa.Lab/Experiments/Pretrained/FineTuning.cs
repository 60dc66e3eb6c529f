namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>Fine-tunes one part by one optimizer from one starting point: a rate is chosen on seeds that are not reported, then the reported seeds
/// run.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Start">What trainings start from.</param>
/// <param name="Part">What is trained.</param>
/// <param name="Optimizer">By what.</param>
/// <param name="Method">Plain or rescaled.</param>
internal sealed record FineTuning(PretrainedSettings Settings, StartingPoints Start, string Part, string Optimizer, string Method)
{
    private const int FirstTuningSeed = 1000;
    private const int EvaluationBatch = 250;
    private const double UsualRatio = 10;

    /// <summary>The cell's key.</summary>
    internal static string Key(string part, string optimizer, string method) => $"{part}/{optimizer}/{method}";

    /// <summary>Runs what is not run yet, each result kept as soon as it is there.</summary>
    internal JsonObject Run(CellContext context)
    {
        var rates = Settings.Optimizers[Optimizer].ToList();
        int most = ((rates.Count + Settings.Extensions) * Settings.TuningSeeds) + Settings.Seeds, done = 0;
        JsonObject Trained(double rate, int seed)
        {
            string name = FormattableString.Invariant($"lr{Figures.Rate(rate)}-seed{seed}.json");
            var result = context.Work.ReadSealed(name, "it is trained again");
            if (result is null)
            {
                result = Train(rate, seed, context);
                context.Work.WriteSealed(name, result);
            }
            context.Report((double)++done / most);
            return result;
        }
        var losses = new Dictionary<double, double>();
        for (int round = 0; ; round++)
        {
            foreach (double rate in rates.Where(rate => !losses.ContainsKey(rate)))
                losses[rate] = Enumerable.Range(FirstTuningSeed, Settings.TuningSeeds).Average(seed => Finite(Trained(rate, seed), "validationLoss"));
            if (round == Settings.Extensions || Beyond(losses) is not { } next)
                break;
            rates.Add(next);
        }
        double best = Best(losses);
        JsonObject[] reported = [.. Enumerable.Range(0, Settings.Seeds).Select(seed => Trained(best, seed))];
        JsonArray All(string name) => CellResult.Json(reported.Select(result => NumberOf(result, name)));
        return new JsonObject
        {
            ["rate"] = best, ["atEdge"] = best == losses.Keys.Min() || best == losses.Keys.Max(),
            ["rates"] = CellResult.Json(losses.Keys.Order()), ["validationLosses"] = CellResult.Json(losses.OrderBy(one => one.Key).Select(one => one.Value)),
            ["accuracy"] = All("accuracy"), ["testLoss"] = All("testLoss"), ["trainingLoss"] = All("trainingLoss"),
        };
    }

    /// <summary>The rate of the least loss; what diverged is as bad as can be.</summary>
    internal static double Best(IReadOnlyDictionary<double, double> losses) => losses.OrderBy(one => one.Value).ThenBy(one => one.Key).First().Key;

    /// <summary>The rate beyond the best one where that is at an edge of those tried; null where it is not.</summary>
    internal static double? Beyond(IReadOnlyDictionary<double, double> losses)
    {
        // A rate of 0 trains nothing, and nothing lies beyond it.
        double[] rates = [.. losses.Keys.Where(rate => rate > 0).Order()];
        double best = Best(losses);
        if (best == 0)
            return null;
        double ratio = rates.Length > 1 ? rates[1] / rates[0] : UsualRatio;
        double? beyond = best == rates[^1] ? best * (rates.Length > 1 ? rates[^1] / rates[^2] : ratio) : best == rates[0] ? best / ratio : null;
        // Three digits, as people write rates.
        return beyond is { } rate ? double.Parse(rate.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
    }

    private JsonObject Train(double rate, int seed, CellContext context)
    {
        var generator = new Philox((ulong)seed).Split("fine-tuning");
        var inputs = Start.Inputs(Method, seed, Part);
        var (_, tail) = PretrainedResNet.SplitAt(Start.Model(Method, seed), TrainedPart.FirstModule(Part));
        var problem = new TrainingProblem(
            tail, inputs.Training, Settings.BatchSize, batch => TrainingProblem.CrossEntropy(tail, batch), () => Measure(tail, inputs))
        {
            Measured = ("measured", null),
        };
        var optimizer = Settings.Create(Optimizer, tail, rate, generator.Split("remedy"));
        using var owned = optimizer as IDisposable;
        var trained = problem.Train(optimizer, Settings.Epochs, generator.Split("order"), context with { Report = _ => { } });
        var result = trained["measured"]?.DeepClone().AsObject() ?? new JsonObject();
        result["trainingLoss"] = trained["loss"]!.AsArray()[^1]?.DeepClone();
        return result;
    }

    private static JsonObject? Measure(Module tail, PretrainedPictures inputs)
    {
        tail.Eval();
        using var quiet = NoGradient.Begin();
        try
        {
            var (validation, _) = Mean(tail, inputs.Validation);
            var (test, accuracy) = Mean(tail, inputs.Test);
            return new JsonObject
            {
                ["validationLoss"] = CellResult.Json(validation), ["testLoss"] = CellResult.Json(test), ["accuracy"] = CellResult.Json(accuracy),
            };
        }
        catch (NonFiniteException)
        {
            return null;
        }
        finally
        {
            tail.Train();
        }
    }

    private static (double Loss, double Accuracy) Mean(Module tail, DataSet data)
    {
        double loss = 0, right = 0;
        foreach (var batch in data.BatchesInOrder(EvaluationBatch))
        {
            using var scope = TensorScope.Begin();
            var outputs = tail.Forward(batch.Inputs);
            right += Classification.CountRight(outputs, batch.Targets);
            loss += Networks.Loss.CrossEntropy(outputs, batch.Targets).ToDouble() * batch.Inputs.Shape[0];
        }
        return (loss / data.Count, right / data.Count);
    }

    private static double NumberOf(JsonObject result, string name) => result[name] is { } number ? number.GetValue<double>() : double.NaN;

    /// <summary>A training that diverged is as bad as can be.</summary>
    private static double Finite(JsonObject result, string name) =>
        NumberOf(result, name) is var number && double.IsFinite(number) ? number : double.PositiveInfinity;
}
