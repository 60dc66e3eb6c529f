using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Arithmetic, elementwise with broadcasting: shapes are aligned at the last axis, and an axis of length 1, or a missing one, repeats.</content>
public sealed partial class Tensor
{
    /// <summary>The elementwise sum.</summary>
    /// <param name="left">One operand.</param>
    /// <param name="right">The other, of the same element type; shapes broadcast.</param>
    public static Tensor operator +(Tensor left, Tensor right) => ArithmeticNode.Apply(BinaryKernel.Add, left, right);

    /// <summary>The elementwise difference.</summary>
    /// <param name="left">What to subtract from.</param>
    /// <param name="right">What to subtract.</param>
    public static Tensor operator -(Tensor left, Tensor right) => ArithmeticNode.Apply(BinaryKernel.Subtract, left, right);

    /// <summary>The elementwise product.</summary>
    /// <param name="left">One operand.</param>
    /// <param name="right">The other, of the same element type; shapes broadcast.</param>
    public static Tensor operator *(Tensor left, Tensor right) => ArithmeticNode.Apply(BinaryKernel.Multiply, left, right);

    /// <summary>The elementwise quotient.</summary>
    /// <param name="left">The numerator.</param>
    /// <param name="right">The denominator.</param>
    public static Tensor operator /(Tensor left, Tensor right) => ArithmeticNode.Apply(BinaryKernel.Divide, left, right);

    /// <summary>Adds a number to every element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator +(Tensor left, double right) => AffineNode.Apply(left, 1, right);

    /// <summary>Subtracts a number from every element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator -(Tensor left, double right) => AffineNode.Apply(left, 1, -right);

    /// <summary>Multiplies every element by a number.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator *(Tensor left, double right) => AffineNode.Apply(left, right, 0);

    /// <summary>Multiplies every element by a number.</summary>
    /// <param name="left">The number.</param>
    /// <param name="right">The tensor.</param>
    public static Tensor operator *(double left, Tensor right) => AffineNode.Apply(right, left, 0);

    /// <summary>Divides every element by a number.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator /(Tensor left, double right) => AffineNode.Divide(left, right);

    /// <summary>The elementwise negative.</summary>
    /// <param name="operand">The tensor.</param>
    public static Tensor operator -(Tensor operand) => UnaryNode.Apply(UnaryKernel.Negate, operand);

    /// <summary>e to the power of each element.</summary>
    public Tensor Exp() => UnaryNode.Apply(UnaryKernel.Exp, this);

    /// <summary>The natural logarithm of each element.</summary>
    public Tensor Log() => UnaryNode.Apply(UnaryKernel.Log, this);

    /// <summary>The square root of each element.</summary>
    public Tensor Sqrt() => UnaryNode.Apply(UnaryKernel.Sqrt, this);

    /// <summary>The square of each element.</summary>
    public Tensor Square() => UnaryNode.Apply(UnaryKernel.Square, this);

    /// <summary>The absolute value of each element; its derivative at 0 is taken as 0.</summary>
    public Tensor Abs() => UnaryNode.Apply(UnaryKernel.Abs, this);

    /// <summary>One over each element.</summary>
    public Tensor Reciprocal() => UnaryNode.Apply(UnaryKernel.Reciprocal, this);

    /// <summary>max(x, 0); its derivative at 0 is taken as 0. NaN stays NaN.</summary>
    public Tensor Relu() => UnaryNode.Apply(UnaryKernel.Relu, this);

    /// <summary>max(x, 0)^2 (So and others, 2021, arXiv 2109.08668).</summary>
    public Tensor SquaredRelu() => UnaryNode.Apply(UnaryKernel.SquaredRelu, this);

    /// <summary>The hyperbolic tangent of each element.</summary>
    public Tensor Tanh() => UnaryNode.Apply(UnaryKernel.Tanh, this);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public Tensor Sigmoid() => UnaryNode.Apply(UnaryKernel.Sigmoid, this);

    /// <summary>x Phi(x), with Phi the standard normal distribution function (Hendrycks and Gimpel, 2016, arXiv 1606.08415), in its exact form.</summary>
    public Tensor Gelu() => UnaryNode.Apply(UnaryKernel.Gelu, this);

    /// <summary>The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x, elementwise.</summary>
    public Tensor Erf() => UnaryNode.Apply(UnaryKernel.Erf, this);

    /// <summary>The sine of each element, in radians.</summary>
    public Tensor Sin() => UnaryNode.Apply(UnaryKernel.Sin, this);

    /// <summary>The cosine of each element, in radians.</summary>
    public Tensor Cos() => UnaryNode.Apply(UnaryKernel.Cos, this);

    /// <summary>These numbers in another floating type, differentiated: gradients come back in the type of this tensor.</summary>
    /// <param name="type"><see cref="DataType.Float32"/> or <see cref="DataType.Float64"/>.</param>
    /// <returns>A tensor of this shape; this one where it has the type already.</returns>
    /// <exception cref="TensorShapeException">This tensor, or the type, is one of integers.</exception>
    public Tensor Cast(DataType type) => CastNode.Apply(this, type);

    /// <summary>x sigmoid(x) (Elfwing and others, 2017, arXiv 1702.03118).</summary>
    public Tensor Silu() => UnaryNode.Apply(UnaryKernel.Silu, this);
}
