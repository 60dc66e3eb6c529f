namespace Kappa.Tensors.Cpu.Vectors;

/// <summary>A number known to the just-in-time compiler, so that the branches on it cost nothing and dead ones vanish.</summary>
internal interface IConstant
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}

internal struct ConstantZero : IConstant
{
    public static int Value => 0;
}

internal struct ConstantOne : IConstant
{
    public static int Value => 1;
}

internal struct ConstantTwo : IConstant
{
    public static int Value => 2;
}

internal struct ConstantThree : IConstant
{
    public static int Value => 3;
}

internal struct ConstantFour : IConstant
{
    public static int Value => 4;
}

internal struct ConstantFive : IConstant
{
    public static int Value => 5;
}

internal struct ConstantSix : IConstant
{
    public static int Value => 6;
}

internal struct ConstantSeven : IConstant
{
    public static int Value => 7;
}

internal struct ConstantEight : IConstant
{
    public static int Value => 8;
}

internal struct ConstantNine : IConstant
{
    public static int Value => 9;
}

internal struct ConstantTen : IConstant
{
    public static int Value => 10;
}

internal struct ConstantEleven : IConstant
{
    public static int Value => 11;
}

internal struct ConstantTwelve : IConstant
{
    public static int Value => 12;
}
