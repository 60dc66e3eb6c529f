using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Reductions and softmax.</content>
public sealed partial class Tensor
{
    /// <summary>The sum of all elements, a scalar.</summary>
    public Tensor Sum()
    {
        Operands.RequireFloating(this, "Sum");
        return ReductionNode.Apply(this, mean: false);
    }

    /// <summary>The sum over one axis.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1, so that the result broadcasts against this tensor.</param>
    public Tensor Sum(int axis, bool keepAxis = false)
    {
        Operands.RequireFloating(this, "Sum");
        return ReductionNode.Apply(this, Shape.NormalizeAxis(axis, "Sum"), keepAxis, mean: false);
    }

    /// <summary>The mean of all elements, a scalar.</summary>
    /// <exception cref="TensorShapeException">There are no elements.</exception>
    public Tensor Mean()
    {
        Operands.RequireFloating(this, "Mean");
        if (Count == 0)
            throw new TensorShapeException($"Mean: {Shape} has no elements");
        return ReductionNode.Apply(this, mean: true);
    }

    /// <summary>The mean over one axis.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <exception cref="TensorShapeException">The axis is empty.</exception>
    public Tensor Mean(int axis, bool keepAxis = false)
    {
        Operands.RequireFloating(this, "Mean");
        axis = Shape.NormalizeAxis(axis, "Mean");
        if (Shape[axis] == 0)
            throw new TensorShapeException($"Mean: axis {axis} of {Shape} is empty");
        return ReductionNode.Apply(this, axis, keepAxis, mean: true);
    }

    /// <summary>The sums of the elements along one axis up to and with each of them.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <returns>This shape. Sums are compensated, in double precision, and each is rounded once.</returns>
    public Tensor Cumsum(int axis) => CumsumNode.Apply(this, axis);

    /// <summary>The largest element along one axis. NaN wins. The gradient goes to the first element that attains the maximum.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <exception cref="TensorShapeException">The axis is empty.</exception>
    public Tensor Max(int axis, bool keepAxis = false) => MaxNode.Apply(this, axis, keepAxis);

    /// <summary>exp(x) / sum(exp(x)) over the last axis, shifted so that nothing overflows.</summary>
    public Tensor Softmax() => SoftmaxNode.Apply(this, logarithm: false);

    /// <summary>The logarithm of <see cref="Softmax"/>, computed without forming it.</summary>
    public Tensor LogSoftmax() => SoftmaxNode.Apply(this, logarithm: true);
}
