using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Comparisons, elementwise with broadcasting: Int32, 1 for yes and 0 for no. They have no gradient. NaN equals nothing and is on no side of
/// anything.</content>
public sealed partial class Tensor
{
    /// <summary>Where the elements are equal: 1 for yes, 0 for no.</summary>
    /// <param name="other">Of the same element type, integers too; shapes broadcast.</param>
    /// <exception cref="TensorShapeException">Shapes or types do not fit.</exception>
    public Tensor Equal(Tensor other) => WhereNode.Compare(Comparison.Equal, this, other);

    /// <summary>Where the elements equal a number: 1 for yes, 0 for no.</summary>
    /// <param name="value">The number, rounded to the element type where that is a floating one.</param>
    public Tensor Equal(double value) => WhereNode.Compare(Comparison.Equal, this, value);

    /// <summary>Where the elements differ: 1 for yes, 0 for no. NaN differs from itself.</summary>
    /// <inheritdoc cref="Equal(Tensor)"/>
    public Tensor NotEqual(Tensor other) => WhereNode.Compare(Comparison.NotEqual, this, other);

    /// <summary>Where the elements differ from a number: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(double)"/>
    public Tensor NotEqual(double value) => WhereNode.Compare(Comparison.NotEqual, this, value);

    /// <summary>Where this tensor is less than the other: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(Tensor)"/>
    public Tensor Less(Tensor other) => WhereNode.Compare(Comparison.Less, this, other);

    /// <summary>Where the elements are less than a number: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(double)"/>
    public Tensor Less(double value) => WhereNode.Compare(Comparison.Less, this, value);

    /// <summary>Where this tensor is less than the other or equal to it: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(Tensor)"/>
    public Tensor LessEqual(Tensor other) => WhereNode.Compare(Comparison.LessEqual, this, other);

    /// <summary>Where the elements are less than a number or equal to it: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(double)"/>
    public Tensor LessEqual(double value) => WhereNode.Compare(Comparison.LessEqual, this, value);

    /// <summary>Where this tensor is greater than the other: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(Tensor)"/>
    public Tensor Greater(Tensor other) => WhereNode.Compare(Comparison.Greater, this, other);

    /// <summary>Where the elements are greater than a number: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(double)"/>
    public Tensor Greater(double value) => WhereNode.Compare(Comparison.Greater, this, value);

    /// <summary>Where this tensor is greater than the other or equal to it: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(Tensor)"/>
    public Tensor GreaterEqual(Tensor other) => WhereNode.Compare(Comparison.GreaterEqual, this, other);

    /// <summary>Where the elements are greater than a number or equal to it: 1 for yes, 0 for no.</summary>
    /// <inheritdoc cref="Equal(double)"/>
    public Tensor GreaterEqual(double value) => WhereNode.Compare(Comparison.GreaterEqual, this, value);
}
