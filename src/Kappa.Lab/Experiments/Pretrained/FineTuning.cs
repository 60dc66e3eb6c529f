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

    /// <summary>The cell's key.</summary>
    internal static string Key(string part, string optimizer, string method) => $"{part}/{optimizer}/{method}";

    /// <summary>Runs what is not run yet, each result kept as soon as it is there.</summary>
    internal JsonObject Run(CellContext context)
    {
        var rates = Settings.Optimizers[Optimizer];
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
        var search = RateSearch.Run(
            rates, Settings.Extensions,
            rate => Enumerable.Range(FirstTuningSeed, Settings.TuningSeeds).Average(seed => Finite(Trained(rate, seed), "validationLoss")));
        JsonObject[] reported = [.. Enumerable.Range(0, Settings.Seeds).Select(seed => Trained(search.Rate, seed))];
        JsonArray All(string name) => CellResult.Json(reported.Select(result => NumberOf(result, name)));
        var found = new JsonObject { ["accuracy"] = All("accuracy"), ["testLoss"] = All("testLoss"), ["trainingLoss"] = All("trainingLoss") };
        search.WriteTo(found);
        return found;
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
