"""What the generated platform is made of: industries, cities and how shops there tend to behave."""

from dataclasses import dataclass

CHANNELS = ("mini_program", "store_code", "life_account", "search", "promotion")
MINI_PROGRAM, STORE_CODE, LIFE_ACCOUNT, SEARCH, PROMOTION = range(5)

PLACES = ("payment_result", "public_union", "prime_position")
PROGRAMMES = ("star_plan", "luoma_plan")

CITIES = (
    "杭州", "上海", "北京", "广州", "深圳", "成都", "武汉", "南京", "苏州", "西安", "重庆", "长沙",
    "宁波", "郑州", "青岛", "合肥",
)  # fmt: skip


@dataclass(frozen=True)
class Industry:
    """One industry: how many merchants, what a visit is worth, and when and how often people come."""

    key: str
    merchants: int
    price: float  # yuan, typical list price of an order
    repeat: float  # share of newcomers that become repeat visitors
    visit_rate: float  # visit days a day of a repeat visitor
    convert: float  # share of visit days with an order
    week: tuple[float, float, float, float, float, float, float]  # Monday to Sunday
    season_peak: int  # day of the year with the most visitors
    season: float  # size of the yearly wave, as a share
    suffixes: tuple[str, ...]  # what its shops are called


_WEEKEND = (0.86, 0.84, 0.86, 0.93, 1.08, 1.25, 1.18)
_OFFICE = (1.12, 1.14, 1.12, 1.10, 1.08, 0.76, 0.68)
_LEVEL = (0.97, 0.96, 0.97, 0.99, 1.04, 1.06, 1.01)

INDUSTRIES = (
    Industry("catering", 120, 38, 0.24, 0.110, 0.50, _WEEKEND, 190, 0.06,
             ("面馆", "小炒", "饺子馆", "火锅", "烧烤", "粥铺", "米粉", "小馆")),
    Industry("cafe", 108, 27, 0.27, 0.130, 0.58, _OFFICE, 150, 0.05,
             ("咖啡", "咖啡馆", "咖啡屋", "手冲", "茶咖", "咖啡工坊")),
    Industry("supermarket", 105, 84, 0.30, 0.100, 0.62, _WEEKEND, 20, 0.06,
             ("超市", "生鲜超市", "百货超市", "量贩", "平价超市", "鲜果超市")),
    Industry("convenience", 102, 21, 0.32, 0.150, 0.66, _LEVEL, 200, 0.05,
             ("便利店", "便利", "小卖部", "烟酒便利", "社区便利店", "食杂店")),
    Industry("beauty", 45, 220, 0.18, 0.045, 0.44, _WEEKEND, 120, 0.06,
             ("美发", "美容", "美甲", "造型", "皮肤管理")),
    Industry("laundry", 40, 62, 0.21, 0.050, 0.56, _WEEKEND, 80, 0.08,
             ("洗衣", "干洗店", "洗护", "洗衣坊")),
    Industry("pharmacy", 36, 72, 0.22, 0.055, 0.60, _LEVEL, 10, 0.07,
             ("大药房", "药店", "药房", "健康药房")),
    Industry("fitness", 32, 180, 0.26, 0.120, 0.36, _LEVEL, 100, 0.10,
             ("健身", "瑜伽馆", "游泳馆", "搏击馆")),
    Industry("education", 34, 390, 0.20, 0.060, 0.34, _WEEKEND, 250, 0.10,
             ("画室", "琴行", "书法班", "少儿编程", "舞蹈学校")),
    Industry("car_care", 33, 150, 0.19, 0.040, 0.52, _WEEKEND, 40, 0.06,
             ("洗车", "汽修", "车养护", "轮胎店")),
    Industry("apparel", 38, 190, 0.17, 0.050, 0.38, _WEEKEND, 320, 0.08,
             ("服饰", "女装", "童装", "裁缝铺", "鞋店")),
    Industry("flowers", 9, 130, 0.16, 0.040, 0.48, _WEEKEND, 45, 0.08,
             ("花店", "花坊", "鲜花")),
)  # fmt: skip

BY_KEY = {industry.key: industry for industry in INDUSTRIES}

_SURNAMES = "陈李王张刘杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    "禾田", "一木", "叮咚", "青石", "暖阳", "拾光", "向东", "福满", "四季", "清风", "南山", "小满", "云朵", "半亩",
    "柚子", "北巷", "春和", "江南", "百味", "老街",
)  # fmt: skip


def shop_names(industry: Industry) -> list[str]:
    """All names that an industry's shops may have, in a fixed order and none shared with another industry."""
    prefixes = [
        *(f"老{s}" for s in _SURNAMES), *(f"{s}记" for s in _SURNAMES), *(f"小{s}" for s in _SURNAMES), *_GIVEN,
    ]  # fmt: skip
    return [prefix + suffix for suffix in industry.suffixes for prefix in prefixes]
