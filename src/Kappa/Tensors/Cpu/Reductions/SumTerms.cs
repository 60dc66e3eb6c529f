using System.Numerics;

namespace Kappa.Tensors.Cpu.Reductions;

/// <summary>What is summed: a function of two elements, and of the column that they are in.</summary>
internal interface ISumTerm
{
    /// <summary>Whether there is a second operand; if not, it is zero.</summary>
    static abstract bool HasSecond { get; }

    Vector<double> Invoke(Vector<double> a, Vector<double> b, int column);

    double Invoke(double a, double b, int column);
}

/// <summary>a.</summary>
internal readonly struct PlainTerm : ISumTerm
{
    public static bool HasSecond => false;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column) => a;

    public double Invoke(double a, double b, int column) => a;
}

/// <summary>a - shift.</summary>
internal readonly struct ShiftedTerm(double shift) : ISumTerm
{
    public static bool HasSecond => false;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column) => a - new Vector<double>(shift);

    public double Invoke(double a, double b, int column) => a - shift;
}

/// <summary>(scale (a - shift))^2.</summary>
internal readonly struct SquareTerm(double shift, double scale = 1) : ISumTerm
{
    public static bool HasSecond => false;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column)
    {
        var value = (a - new Vector<double>(shift)) * new Vector<double>(scale);
        return value * value;
    }

    public double Invoke(double a, double b, int column) => scale * (a - shift) * (scale * (a - shift));
}

/// <summary>(a - shiftA) (b - shiftB).</summary>
internal readonly struct ProductTerm(double shiftA, double shiftB) : ISumTerm
{
    public static bool HasSecond => true;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column) => (a - new Vector<double>(shiftA)) * (b - new Vector<double>(shiftB));

    public double Invoke(double a, double b, int column) => (a - shiftA) * (b - shiftB);
}

/// <summary>(a - b)^2.</summary>
internal readonly struct SquaredDifferenceTerm : ISumTerm
{
    public static bool HasSecond => true;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column)
    {
        var difference = a - b;
        return difference * difference;
    }

    public double Invoke(double a, double b, int column) => (a - b) * (a - b);
}

/// <summary>A term with shifts for each column.</summary>
internal unsafe interface IColumnTerm<TTerm>
{
    static abstract TTerm Of(double* shiftA, double* shiftB);
}

/// <summary>a - shift, with a shift for each column.</summary>
internal readonly unsafe struct ColumnTerm(double* shift) : ISumTerm, IColumnTerm<ColumnTerm>
{
    public static ColumnTerm Of(double* shiftA, double* shiftB) => new(shiftA);

    public static bool HasSecond => false;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column) => a - Vector.Load(shift + column);

    public double Invoke(double a, double b, int column) => a - shift[column];
}

/// <summary>(a - shiftA) (b - shiftB), with shifts for each column.</summary>
internal readonly unsafe struct ColumnProductTerm(double* shiftA, double* shiftB) : ISumTerm, IColumnTerm<ColumnProductTerm>
{
    public static ColumnProductTerm Of(double* shiftA, double* shiftB) => new(shiftA, shiftB);

    public static bool HasSecond => true;

    public Vector<double> Invoke(Vector<double> a, Vector<double> b, int column) => (a - Vector.Load(shiftA + column)) * (b - Vector.Load(shiftB + column));

    public double Invoke(double a, double b, int column) => (a - shiftA[column]) * (b - shiftB[column]);
}
