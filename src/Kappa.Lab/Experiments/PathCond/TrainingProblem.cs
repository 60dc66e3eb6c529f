namespace Kappa.Lab.Experiments.PathCond;

/// <summary>A fresh network and what it is to learn.</summary>
/// <param name="Model">The network.</param>
/// <param name="Data">On what it is trained.</param>
/// <param name="BatchSize">Examples in a batch; all of them or more: one batch, gradient descent.</param>
/// <param name="Loss">The loss of a batch.</param>
/// <param name="Measure">What is measured at the end, where the loss stayed finite.</param>
internal sealed record TrainingProblem(Module Model, DataSet Data, int BatchSize, Func<Batch, Tensor> Loss, Func<JsonNode?> Measure)
{
    private const int EvaluationBatch = 500;

    /// <summary>The shape of one input; null where the first layer says it.</summary>
    internal IReadOnlyList<int>? InputShape { get; init; }

    /// <summary>What the measurement is called, and what stands for it where the loss did not stay finite.</summary>
    internal (string Name, JsonNode? Otherwise) Measured { get; init; } = ("metric", null);

    /// <summary>To reproduce pictures; measured by the test loss.</summary>
    internal static TrainingProblem Reproduce(PictureExamples examples, IReadOnlyList<int> hidden, int pictures, int batchSize, Philox generator)
    {
        int pixels = examples.Training.InputShape.Count;
        var model = MlpFactory.Create(pixels, pixels, new ModelConfig { Hidden = hidden }, generator.Split("model"));
        Tensor Error(Batch batch)
        {
            var flat = batch.Inputs.On(model.Device).Reshape([batch.Inputs.Shape[0], pixels]);
            return Networks.Loss.MeanSquaredError(model.Forward(flat), flat);
        }
        double Sum(Batch batch) => Error(batch).ToDouble() * batch.Inputs.Shape[0];
        return new(model, Pictures.First(examples.Training, pictures), batchSize, Error, () => CellResult.Json(Mean(model, examples.Test, Sum)));
    }

    /// <summary>To classify; measured by the share of right answers, NaN where an output is not finite.</summary>
    internal static TrainingProblem Classify(PictureExamples examples, Module model, int pictures, int batchSize, Philox generator)
    {
        _ = model.Initialize(generator.Split("model"));
        return new(model, Pictures.First(examples.Training, pictures), batchSize, batch => CrossEntropy(model, batch), () => CellResult.Json(Accuracy()))
        {
            InputShape = examples.Training.InputShape.ToArray(),
        };

        double Accuracy()
        {
            try
            {
                return Mean(
                    model, Pictures.First(examples.Test, pictures), batch => Classification.CountRight(model.ForwardToHost(batch.Inputs), batch.Targets));
            }
            catch (NonFiniteException)
            {
                return double.NaN;
            }
        }
    }

    internal static Tensor CrossEntropy(Module model, Batch batch) =>
        Networks.Loss.CrossEntropy(model.ForwardThere(batch.Inputs), batch.Targets.On(model.Device));

    /// <summary>Trains: <c>loss</c> has the mean over the batches of each epoch, each before its step; NaN from where it is not finite any more.</summary>
    /// <param name="optimizer">What trains it.</param>
    /// <param name="epochs">How long.</param>
    /// <param name="order">Decides the order of the examples.</param>
    /// <param name="context">Asked to stop, and told how far it is.</param>
    /// <param name="beforeEpoch">Called before each epoch but the first with its number; may be null.</param>
    internal JsonObject Train(Optimizer optimizer, int epochs, Philox order, CellContext context, Action<int>? beforeEpoch = null)
    {
        double[] curve = new double[epochs];
        Array.Fill(curve, double.NaN);
        Model.Train();
        // Where all examples are one batch, it is copied once.
        Batch? whole = BatchSize >= Data.Count ? Data.Take([.. Enumerable.Range(0, Data.Count)]) : null;
        using var source = whole is null ? Data.Batches(BatchSize, order) : null;
        try
        {
            Batch batch = default;
            var loop = new TrainingLoop(optimizer, () => Loss(batch));
            for (int epoch = 0; epoch < epochs && (epoch == 0 || double.IsFinite(curve[epoch - 1])); epoch++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (epoch > 0)
                    beforeEpoch?.Invoke(epoch);
                try
                {
                    double sum = 0;
                    foreach (var next in (IEnumerable<Batch>?)source ?? [whole!.Value])
                    {
                        batch = next;
                        loop.Run(loop.Step + 1, context.Cancellation);
                        sum += loop.LastLoss!.Value * batch.Inputs.Shape[0];
                    }
                    curve[epoch] = sum / Data.Count;
                }
                catch (NonFiniteException)
                {
                    break;
                }
                context.Report((epoch + 1.0) / epochs);
            }
        }
        finally
        {
            whole?.Release();
        }
        return new JsonObject { ["loss"] = CellResult.Json(curve), [Measured.Name] = double.IsFinite(curve[^1]) ? Measure() : Measured.Otherwise };
    }

    /// <summary>The mean over a data set, in evaluation mode, of what is summed over the examples of each batch.</summary>
    private static double Mean(Module model, DataSet data, Func<Batch, double> sumOf)
    {
        model.Eval();
        using var quiet = NoGradient.Begin();
        try
        {
            double sum = 0;
            foreach (var batch in data.BatchesInOrder(EvaluationBatch))
            {
                using var scope = TensorScope.Begin();
                sum += sumOf(batch);
            }
            return sum / data.Count;
        }
        finally
        {
            model.Train();
        }
    }
}
