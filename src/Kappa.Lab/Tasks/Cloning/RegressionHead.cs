namespace Kappa.Lab.Tasks.Cloning;

/// <summary>The network's output is the chunk; the loss is the mean squared error.</summary>
internal sealed class RegressionHead : ActionHead
{
    public override Tensor TrainingLoss(Module model, CloningRows rows, ReadOnlySpan<int> indices, long step) => FixedLoss(model, rows, indices);

    public override Tensor FixedLoss(Module model, CloningRows rows, ReadOnlySpan<int> indices) =>
        Loss.MeanSquaredError(model.Forward(rows.Observations(indices)), rows.TargetsOf(indices));

    public override void Act(Module model, Tensor observations, int step, ReadOnlySpan<int> rollouts, Span<float> chunks) =>
        model.Forward(observations).ReadOnlyValues<float>().CopyTo(chunks);

    public override Shape InputShape(Shape observation) => observation;

    public override Module ForVectors(int features, Func<int, Module> create) => create(features);

    public override InputTransform Whitening(CloningRows rows) => InputTransform.Whitening(rows.Flat());
}
