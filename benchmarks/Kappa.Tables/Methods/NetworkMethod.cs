using Kappa.Lab.Tasks.Models;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Training;

namespace Kappa.Tables.Methods;

/// <summary>A perceptron under an optimizer. Network, initialisation, order of batches, schedule and early stopping are the same for all.</summary>
/// <param name="settings">How large, and how long.</param>
/// <param name="optimizer"><c>adamw</c> or <c>muon</c>, or either behind <c>dopr-</c>.</param>
internal sealed class NetworkMethod(StudySettings settings, string optimizer) : StudyMethod
{
    internal const string Rate = "learning rate", Decay = "weight decay";

    private const int PredictedAtOnce = 1000;
    private const int Warmup = 100;

    /// <summary>DoPr's damping; null for its default.</summary>
    internal double? Gamma { get; init; }

    /// <summary>Whether the inputs are PCA-whitened in front of the network: a control.</summary>
    internal bool IsWhitened { get; init; }

    internal override bool IsControl => IsWhitened || Gamma is not null;

    internal override string Name
    {
        get
        {
            string name = optimizer switch { "adamw" => "AdamW", "muon" => "Muon", "dopr-adamw" => "DoPr-AdamW", _ => "DoPr-Muon" };
            name += IsWhitened ? ", whitened inputs" : "";
            return Gamma is { } gamma ? string.Create(CultureInfo.InvariantCulture, $"{name}, gamma {gamma}") : name;
        }
    }

    internal override IReadOnlyList<SweepAxis> Axes { get; } =
    [
        SweepAxis.HalfDecades(Rate, [3e-3, 1e-2, 3e-2, 1e-1], 1e-6, 100),
        SweepAxis.HalfDecades(Decay, [0, 0.1, 1], 0, 100),
    ];

    internal override Func<Tensor, double[]> Fit(StudyData data, IReadOnlyDictionary<string, double> at, ulong seed, CancellationToken cancellation)
    {
        var generator = new Philox(seed).Split("network");
        var config = new ModelConfig { Hidden = settings.Hidden };
        Module model = MlpFactory.Create(data.TrainingInputs.Shape[1], data.OutputSize, config, generator.Split("initialization"));
        if (IsWhitened)
            model = new TransformedModel(InputTransform.Whitening(data.TrainingInputs), model);
        var optimizer = Create(model, at[Rate], at[Decay]);
        using var owned = optimizer as IDisposable;
        var batches = data.Training.Batches(settings.BatchSize, generator.Split("data"));
        long steps = (long)settings.Epochs * batches.BatchesPerEpoch;
        optimizer.Schedule = LearningRateSchedule.WarmupCosine(Math.Min(Warmup, steps / 10), steps);
        var trainer = new Trainer(model, optimizer, new TrainerOptions
        {
            Epochs = settings.Epochs,
            Objective = data.Table.IsClasses ? Objective.Classification : Objective.Regression,
            Progress = null,
        });
        _ = trainer.Fit(batches, data.Validation.BatchesInOrder(PredictedAtOnce), cancellation);
        return inputs => Predict(model, data, inputs);
    }

    private Optimizer Create(Module model, double rate, double decay)
    {
        Optimizer inner = optimizer.EndsWith("muon", StringComparison.Ordinal)
            ? new Muon(model.Parameters(), rate, new MuonOptions
            {
                Matrices = MuonMatrices.All, WeightDecay = decay, Others = new AdamWOptions { WeightDecay = decay },
            })
            : new AdamW(model.Parameters(), rate, new AdamWOptions { WeightDecay = decay });
        return optimizer.StartsWith("dopr-", StringComparison.Ordinal)
            ? new DoPr(inner, model, Gamma is { } gamma ? new DoPrOptions { Gamma = gamma } : new DoPrOptions())
            : inner;
    }

    private static double[] Predict(Module model, StudyData data, Tensor inputs)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        float[] outputs = model.Forward(inputs).ToArray<float>();
        return data.Table.IsClasses ? data.Probabilities(outputs) : Array.ConvertAll(outputs, output => (double)output);
    }
}
