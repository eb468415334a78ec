using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Tests.Rdb;

[TestClass]
public sealed class Crc64Tests
{
    [TestMethod]
    public void Of_PublishedCheckValue_Agrees()
    {
        Assert.AreEqual(0xE9C6D914C4B8D9CAUL, Crc64.Of("123456789"u8));
        Assert.AreEqual(0UL, Crc64.Of([]));
    }
}
