namespace Kappa.Tensors.Kernels;

/// <content>Elementwise work that is made of other kernels.</content>
internal abstract partial class Backend
{
    /// <summary>result = gradient * f'(x), where y = f(x) is at hand; result may be gradient. Of functions of max(x, 0), x may be y itself where x was not
    /// kept.</summary>
    internal virtual void UnaryDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor result)
    {
        using var _ = Composed.Begin();
        Put(kernel switch
        {
            UnaryKernel.Identity => gradient,
            UnaryKernel.Negate => -gradient,
            UnaryKernel.Exp => gradient * y,
            UnaryKernel.Log => gradient / x,
            UnaryKernel.Sqrt => gradient * 0.5 / y,
            UnaryKernel.Square => gradient * x * 2,
            UnaryKernel.Abs => gradient * SignOf(x),
            UnaryKernel.Reciprocal => -(gradient * y * y),
            UnaryKernel.Relu => Chosen(y.Greater(0), gradient, null),
            UnaryKernel.SquaredRelu => gradient * (x == y ? y.Sqrt() : x.Relu()) * 2,
            UnaryKernel.Tanh => gradient * TanhSlope(x),
            UnaryKernel.Sigmoid => gradient * SigmoidSlope(x),
            UnaryKernel.Silu => gradient * (x.Sigmoid() * ((Bounded(x) * (-x).Sigmoid()) + 1)),
            UnaryKernel.Gelu => gradient * (NormalCumulative(x) + (Bounded(x) * NormalDensity(x))),
            UnaryKernel.Erf => gradient * ErfSlope(x),
            UnaryKernel.Sin => gradient * x.Cos(),
            UnaryKernel.Cos => -(gradient * x.Sin()),
            _ => throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "has no derivative"),
        }, result);
    }

    /// <summary>result = gradient * f''(x) * tangent, where y = f(x) is at hand; adds when asked. For functions that are curved. Of functions of max(x, 0), x
    /// may be y itself.</summary>
    internal virtual void UnarySecondDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangent, Tensor result, bool accumulate)
    {
        using var _ = Composed.Begin();
        var product = gradient * tangent;
        Put(kernel switch
        {
            UnaryKernel.Exp => product * y,
            UnaryKernel.Log => -(product / x / x),
            UnaryKernel.Sqrt => product * -0.25 / y / y / y,
            UnaryKernel.Square => product * 2,
            UnaryKernel.Reciprocal => product * 2 * y * y * y,
            UnaryKernel.SquaredRelu => Chosen(x.Greater(0), product * 2, null),
            UnaryKernel.Tanh => product * x.Tanh() * TanhSlope(x) * -2,
            UnaryKernel.Sigmoid => -(product * SigmoidSlope(x) * (x * 0.5).Tanh()),
            UnaryKernel.Silu => product * SigmoidSlope(x) * (-(Bounded(x) * (x * 0.5).Tanh()) + 2),
            UnaryKernel.Gelu => product * NormalDensity(x) * (-Bounded(x).Square() + 2),
            UnaryKernel.Erf => product * ErfSlope(x) * Bounded(x) * -2,
            UnaryKernel.Sin => -(product * x.Sin()),
            UnaryKernel.Cos => -(product * x.Cos()),
            _ => throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "its second derivative is zero everywhere, so nobody should ask for it"),
        }, result, accumulate);
    }

    /// <summary>result = x / divisor, each quotient rounded once; result may be x.</summary>
    internal virtual void Divide(Tensor x, double divisor, Tensor result)
    {
        using var number = Tensor.Scalar(divisor, x.DataType, x.Device);
        Binary(BinaryKernel.Divide, x, number, result);
    }

    /// <summary>Sets what is smaller in absolute value than a threshold to zero, in place; NaN stays.</summary>
    internal virtual void Flush(Tensor x, double threshold)
    {
        using var _ = Composed.Begin();
        Put(Chosen(x.Abs().Less(threshold), null, x), x);
    }

    /// <summary>result = (a - b) * scale, all of one shape, rounded once; adds when asked. One of the two may be absent, which is zero.</summary>
    internal virtual void ScaledDifference(Tensor? a, Tensor? b, double scale, Tensor result, bool accumulate)
    {
        using var _ = Composed.Begin();
        Put(b is null ? a! * scale : a is null ? b * -scale : (a - b) * scale, result, accumulate);
    }

    /// <summary>y += factor x, for tensors of one shape.</summary>
    internal virtual void AddScaled(Tensor x, double factor, Tensor y)
    {
        using var scaled = x.New(x.Shape);
        Affine(x, factor, 0, scaled);
        Binary(BinaryKernel.Add, y, scaled, y);
    }

    /// <summary>x becomes its sign, element by element: -1, 0 or 1.</summary>
    internal virtual void Sign(Tensor x)
    {
        using var _ = Composed.Begin();
        Put(SignOf(x), x);
    }

    /// <summary>-1, 0 or 1; NaN stays NaN.</summary>
    private protected static Tensor SignOf(Tensor x)
    {
        var one = Tensor.Ones(x.Shape, x.DataType, x.Device);
        return Chosen(x.Greater(0), one, Chosen(x.Less(0), -one, x));
    }

    /// <summary>a where a condition holds and b where not, of one shape; what is absent is zero.</summary>
    private protected static Tensor Chosen(Tensor condition, Tensor? a, Tensor? b)
    {
        var result = (a ?? b)!.New((a ?? b)!.Shape);
        result.Backend.Where(condition, a, b, result);
        return result;
    }

    /// <summary>1 - tanh(x)^2 = 4 s (1 - s) for s = sigmoid(2 x), which keeps its digits where tanh is all but one.</summary>
    private static Tensor TanhSlope(Tensor x) => SigmoidSlope(x * 2) * 4;

    private static Tensor ErfSlope(Tensor x) => (-x.Square()).Exp() * (2 / Math.Sqrt(Math.PI));

    private static Tensor SigmoidSlope(Tensor x) => x.Sigmoid() * (-x).Sigmoid();

    /// <summary>x, but not so far out that a product with what has vanished there is NaN.</summary>
    private static Tensor Bounded(Tensor x) => x.Clip(-1e4, 1e4);

    private static Tensor NormalDensity(Tensor x) => (Bounded(x).Square() * -0.5).Exp() / Math.Sqrt(2 * Math.PI);

    /// <summary>Phi(x) = gelu(x) / x.</summary>
    private static Tensor NormalCumulative(Tensor x)
    {
        var bounded = Bounded(x);
        var half = Tensor.Full(x.Shape, 0.5, x.DataType, x.Device);
        return Chosen(bounded.Equal(0), half, bounded.Gelu() / bounded);
    }
}
