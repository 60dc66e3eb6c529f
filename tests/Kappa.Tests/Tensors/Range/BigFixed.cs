using System.Numerics;

namespace Kappa.Tests.Tensors.Range;

/// <summary>A binary fixed-point number with 2400 digits behind the point: an oracle for functions of every double, from 5e-324 on.</summary>
internal readonly struct BigFixed(BigInteger units)
{
    private const int Digits = 2400;

    public static readonly BigFixed Zero = new(BigInteger.Zero);

    public static readonly BigFixed One = new(BigInteger.One << Digits);

    private static readonly Lazy<BigFixed> Pi = new(() => From(16) * InverseTangentOfInverse(5) - (From(4) * InverseTangentOfInverse(239)));

    private BigInteger Units { get; } = units;

    public static BigFixed operator +(BigFixed a, BigFixed b) => new(a.Units + b.Units);

    public static BigFixed operator -(BigFixed a, BigFixed b) => new(a.Units - b.Units);

    public static BigFixed operator -(BigFixed a) => new(-a.Units);

    public static BigFixed operator *(BigFixed a, BigFixed b) => new((a.Units * b.Units) >> Digits);

    public static BigFixed operator /(BigFixed a, BigFixed b) => new((a.Units << Digits) / b.Units);

    public static bool operator <(BigFixed a, BigFixed b) => a.Units < b.Units;

    public static bool operator >(BigFixed a, BigFixed b) => a.Units > b.Units;

    /// <summary>The number itself: every finite double has its digits here.</summary>
    public static BigFixed From(double value)
    {
        if (value == 0)
            return Zero;
        int exponent = Math.ILogB(value) - 52;
        var mantissa = new BigInteger(Math.ScaleB(Math.ScaleB(value, Math.Max(-exponent - 60, 0)), Math.Min(-exponent, 60)));
        return new(exponent + Digits >= 0 ? mantissa << (exponent + Digits) : mantissa >> -(exponent + Digits));
    }

    /// <summary>exp(-x) for x of zero or more.</summary>
    public static BigFixed ExpOfNegative(BigFixed x)
    {
        if (x > From(1600))
            return Zero;
        const int Halvings = 16;
        var small = new BigFixed(x.Units >> Halvings);
        var (sum, term) = (One, One);
        for (int k = 1; !term.Units.IsZero; k++)
        {
            term = new((-(term * small)).Units / k);
            sum += term;
        }

        for (int i = 0; i < Halvings; i++)
            sum *= sum;
        return sum;
    }

    /// <summary>The standard normal density.</summary>
    public static BigFixed NormalDensity(BigFixed x) => ExpOfNegative(new((x * x).Units >> 1)) / Root(From(2) * Pi.Value);

    /// <summary>The standard normal distribution function, by its series of positive terms.</summary>
    public static BigFixed NormalCumulative(BigFixed x)
    {
        var magnitude = Abs(x);
        if (magnitude > From(40))
            return x < Zero ? Zero : One;
        var square = magnitude * magnitude;
        var (sum, term) = (magnitude, magnitude);
        for (int k = 3; !term.Units.IsZero; k += 2)
        {
            term = new((term * square).Units / k);
            sum += term;
        }

        var half = new BigFixed(One.Units >> 1);
        var tail = NormalDensity(magnitude) * sum;
        return x < Zero ? half - tail : half + tail;
    }

    /// <summary>The sine of x and so many quarter turns, by its series within half a turn.</summary>
    public static BigFixed Sine(BigFixed x, int quarterTurns)
    {
        var turn = Pi.Value + Pi.Value;
        var angle = x + new BigFixed((turn.Units * quarterTurns) >> 2);
        angle -= new BigFixed(turn.Units * (((angle / turn).Units + (One.Units >> 1)) >> Digits));
        var (sum, term, square) = (angle, angle, angle * angle);
        for (int k = 2; !term.Units.IsZero; k += 2)
        {
            term = new(-(term * square).Units / (k * (k + 1)));
            sum += term;
        }

        return sum;
    }

    public static BigFixed Abs(BigFixed x) => new(BigInteger.Abs(x.Units));

    public static BigFixed Root(BigFixed x)
    {
        var value = x.Units << Digits;
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (value / root)) >> 1;
            if (next >= root)
                return new(root);
            root = next;
        }
    }

    public double ToDouble()
    {
        if (Units.IsZero)
            return 0;
        int excess = (int)Math.Max(BigInteger.Abs(Units).GetBitLength() - 80, 0);
        double top = (double)(Units >> excess);
        int exponent = excess - Digits;
        return exponent < -1000 ? Math.ScaleB(Math.ScaleB(top, -1000), exponent + 1000) : Math.ScaleB(top, exponent);
    }

    private static BigFixed InverseTangentOfInverse(int n)
    {
        var (sum, power) = (BigInteger.Zero, One.Units / n);
        for (int k = 1; !power.IsZero; k += 2)
        {
            sum += k % 4 == 1 ? power / k : -(power / k);
            power /= n * n;
        }

        return new(sum);
    }
}
