using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>A figure of the differences between outputs and targets, which are floating-point numbers of one shape, or <c>[n, 1]</c> and <c>[n]</c>.</summary>
public abstract class Residuals : Metric
{
    private protected Residuals()
    {
    }

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Numbers;

    /// <summary>Numbers of one example.</summary>
    private protected int Width { get; private set; }

    /// <summary>One number.</summary>
    private protected abstract void Add(int column, double output, double target);

    /// <inheritdoc/>
    protected override void Clear() => Width = 0;

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        foreach (var (tensor, name) in new[] { (outputs, "outputs"), (targets, "targets") })
        {
            if (tensor.DataType is not (DataType.Float32 or DataType.Float64))
                throw new ArgumentException($"{Name}: expected {name} of Float32 or Float64; got {tensor}", name);
        }
        int examples = targets.Rank == 0 ? 1 : targets.Shape[0];
        if (outputs.Count != targets.Count || Trimmed(outputs.Shape) != Trimmed(targets.Shape) || examples == 0)
            throw new TensorShapeException($"{Name}: expected outputs and targets of one shape, not empty; got {outputs.Shape} and {targets.Shape}");
        int width = targets.Count / examples;
        if (Width != 0 && width != Width)
            throw new TensorShapeException($"{Name}: expected {Width} numbers for each example, as before; got {targets.Shape}");
        (outputs, targets) = (outputs.OnHost(), targets.OnHost());
        RequireFinite(outputs, "output");
        RequireFinite(targets, "target");
        Width = width;
        for (int i = 0; i < targets.Count; i++)
            Add(i % width, outputs.ElementAsDouble(i), targets.ElementAsDouble(i));
        return examples;
    }

    private static Shape Trimmed(Shape shape) => shape.Rank > 1 && shape[^1] == 1 ? Shape.Create(shape.ToArray().AsSpan(0, shape.Rank - 1)) : shape;

    private void RequireFinite(Tensor tensor, string what)
    {
        for (int i = 0; i < tensor.Count; i++)
        {
            double value = tensor.ElementAsDouble(i);
            if (!double.IsFinite(value))
                throw new NonFiniteException($"{Name}: the {what} {tensor.Shape} holds {value} at example {i / (tensor.Count / tensor.Shape[0])}");
        }
    }
}
