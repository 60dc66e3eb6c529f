using System.Numerics.Tensors;
using Kappa.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Rescaling;

/// <summary>Squares of parameters in double precision.</summary>
internal static class Squares
{
    /// <summary>All squares of a tensor, in its shape.</summary>
    internal static Scaled Of(Tensor parameter)
    {
        var result = Tensor.Uninitialized(parameter.Shape, DataType.Float64);
        var values = result.Values<double>();
        int exponent = 0;
        if (parameter.DataType == DataType.Float32)
        {
            // The square of a float is far inside the range of a double.
            TensorPrimitives.ConvertTruncating<float, double>(parameter.Values<float>(), values);
        }
        else
        {
            parameter.Values<double>().CopyTo(values);
            var scaled = Scaled.Of(result, 0);
            exponent = 2 * scaled.Exponent;
        }

        TensorPrimitives.Multiply<double>(values, values, values);
        return Scaled.Of(result, exponent);
    }
}
