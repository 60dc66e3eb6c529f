using System.Numerics;
using System.Runtime.Intrinsics;
using Kappa.Tensors.Cpu.Factorization;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>The compiled tile kernels of one element type at one vector width. Each is compiled at its first call.</summary>
internal sealed unsafe class KernelTable<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly KernelTable<T>?[] Tables = new KernelTable<T>?[3];

    private readonly delegate*<TileArguments<T>*, void>[] _product;
    private readonly delegate*<TileArguments<T>*, void>[] _solve;

    private KernelTable(VectorWidth width, int lanes, int productRows, int solveRows)
    {
        Width = width;
        Lanes = lanes;
        ProductRows = productRows;
        SolveRows = solveRows;
        _product = new delegate*<TileArguments<T>*, void>[(productRows + 1) * 4];
        _solve = new delegate*<TileArguments<T>*, void>[(solveRows + 1) * 2];
    }

    /// <summary>The table for <see cref="CpuFeatures.Selected"/>.</summary>
    internal static KernelTable<T> Selected
    {
        get
        {
            var width = CpuFeatures.Selected;
            return Volatile.Read(ref Tables[(int)width]) ?? Create(width);
        }
    }

    /// <summary>The vector width.</summary>
    internal VectorWidth Width { get; }

    /// <summary>Elements in a vector.</summary>
    internal int Lanes { get; }

    /// <summary>Columns of a full tile: two vectors.</summary>
    internal int PanelColumns => 2 * Lanes;

    /// <summary>The most rows of a product tile.</summary>
    internal int ProductRows { get; }

    /// <summary>The most rows of a triangular tile.</summary>
    internal int SolveRows { get; }

    /// <summary>The product kernel for a tile of this size; <paramref name="columns"/> is at most <see cref="PanelColumns"/>.</summary>
    internal delegate*<TileArguments<T>*, void> Product(int rows, int columns) =>
        _product[(rows * 4) + (columns > Lanes ? 2 : 0) + ((columns & (Lanes - 1)) == 0 ? 0 : 1)];

    /// <summary>The triangular kernel for a tile of this many rows and whole vectors.</summary>
    internal delegate*<TileArguments<T>*, void> Solve(int rows, int vectors) => _solve[(rows * 2) + vectors - 1];

    private static KernelTable<T> Create(VectorWidth width)
    {
        object table = (width, typeof(T) == typeof(float)) switch
        {
            (VectorWidth.Vector512, true) => KernelTable<float>.Fill<Vector512<float>, SingleLanes512>(width),
            (VectorWidth.Vector512, false) => KernelTable<double>.Fill<Vector512<double>, DoubleLanes512>(width),
            (VectorWidth.Vector256, true) => KernelTable<float>.Fill<Vector256<float>, SingleLanes256>(width),
            (VectorWidth.Vector256, false) => KernelTable<double>.Fill<Vector256<double>, DoubleLanes256>(width),
            (_, true) => KernelTable<float>.Fill<Vector128<float>, SingleLanes128>(width),
            (_, false) => KernelTable<double>.Fill<Vector128<double>, DoubleLanes128>(width),
        };
        // Two threads may both get here; either table will do.
        var result = (KernelTable<T>)table;
        Volatile.Write(ref Tables[(int)width], result);
        return result;
    }

    private static KernelTable<T> Fill<TVector, TLanes>(VectorWidth width)
        where TVector : struct
        where TLanes : IVectorLanes<TVector, T>
    {
        // 32 vector registers come with 512-bit vectors; the narrower kernels are written for 16.
        bool manyRegisters = width == VectorWidth.Vector512;
        var table = new KernelTable<T>(width, TLanes.Count, manyRegisters ? 12 : 6, manyRegisters ? 8 : 4);
        table.Add<TVector, TLanes, ConstantOne>();
        table.Add<TVector, TLanes, ConstantTwo>();
        table.Add<TVector, TLanes, ConstantThree>();
        table.Add<TVector, TLanes, ConstantFour>();
        table.Add<TVector, TLanes, ConstantFive>();
        table.Add<TVector, TLanes, ConstantSix>();
        if (!manyRegisters)
            return table;
        table.Add<TVector, TLanes, ConstantSeven>();
        table.Add<TVector, TLanes, ConstantEight>();
        table.Add<TVector, TLanes, ConstantNine>();
        table.Add<TVector, TLanes, ConstantTen>();
        table.Add<TVector, TLanes, ConstantEleven>();
        table.Add<TVector, TLanes, ConstantTwelve>();
        return table;
    }

    private void Add<TVector, TLanes, TRows>()
        where TVector : struct
        where TLanes : IVectorLanes<TVector, T>
        where TRows : IConstant
    {
        int rows = TRows.Value;
        _product[(rows * 4) + 0] = &ProductTile<TVector, T, TLanes, TRows, ConstantOne, ConstantZero>.Run;
        _product[(rows * 4) + 1] = &ProductTile<TVector, T, TLanes, TRows, ConstantOne, ConstantOne>.Run;
        _product[(rows * 4) + 2] = &ProductTile<TVector, T, TLanes, TRows, ConstantTwo, ConstantZero>.Run;
        _product[(rows * 4) + 3] = &ProductTile<TVector, T, TLanes, TRows, ConstantTwo, ConstantOne>.Run;
        if (rows > SolveRows)
            return;
        _solve[rows * 2] = &SolveTile<TVector, T, TLanes, TRows, ConstantOne>.Run;
        _solve[(rows * 2) + 1] = &SolveTile<TVector, T, TLanes, TRows, ConstantTwo>.Run;
    }
}
