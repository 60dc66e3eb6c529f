using System.Numerics.Tensors;
using Kappa.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Rescaling;

/// <summary>Squares of a parameter in double precision, all under one exponent, whether they are taken at once or by rows.</summary>
internal sealed class Squares
{
    private readonly Tensor _parameter;
    private readonly int _shift;
    private readonly int _shiftOfSquares;

    internal Squares(Tensor parameter)
    {
        _parameter = parameter;
        double largest = FiniteParameters.Largest(parameter);
        // The square of a float is far inside the range of a double.
        _shift = parameter.DataType == DataType.Float32 ? 0 : Scaled.ShiftOf(largest);
        double shifted = Math.ScaleB(largest, -_shift);
        _shiftOfSquares = Scaled.ShiftOf(shifted * shifted);
    }

    /// <summary>The squares are to be multiplied by 2^this.</summary>
    internal int Exponent => (2 * _shift) + _shiftOfSquares;

    /// <summary>All squares of a tensor, in its shape.</summary>
    internal static Scaled Of(Tensor parameter)
    {
        var squares = new Squares(parameter);
        var result = Tensor.Uninitialized(parameter.Shape, DataType.Float64);
        squares.Fill(0, result);
        return new Scaled(result, squares.Exponent);
    }

    /// <summary>The squares of a range of the first axis, <c>[count, rest]</c>.</summary>
    internal Tensor Rows(int first, int count)
    {
        int rest = _parameter.Count / _parameter.Shape[0];
        var result = Tensor.Uninitialized([count, rest], DataType.Float64);
        Fill(first * rest, result);
        return result;
    }

    private void Fill(int start, Tensor result)
    {
        var values = result.WritableValues<double>();
        if (_parameter.DataType == DataType.Float32)
            TensorPrimitives.ConvertTruncating<float, double>(_parameter.ReadOnlyValues<float>().Slice(start, values.Length), values);
        else
            _parameter.ReadOnlyValues<double>().Slice(start, values.Length).CopyTo(values);
        if (_shift != 0)
            Scaled.Shift(values, -_shift);
        TensorPrimitives.Multiply<double>(values, values, values);
        if (_shiftOfSquares != 0)
            Scaled.Shift(values, -_shiftOfSquares);
    }
}
